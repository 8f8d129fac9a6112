import type { CoreInstancePlan, LinkPlan } from '../component/link-plan.ts';
import { parseInterfaceName } from '../component/served.ts';
import { mayWait } from '../component/waiting.ts';
import type { Interfaces } from '../wasi/imports.ts';
import { entryOf } from './entry.ts';
import { GuestMemory, type Realloc, type Touched } from './guest-memory.ts';
import { Handles } from './handles.ts';
import { compileImport, type ImportFactory, type ImportForm, type Waiting } from './import-function.ts';
import type { CoreType } from './layout.ts';
import { ResourceKinds } from './resource-kinds.ts';
import { Waiter } from './waiter.ts';

/** A core function as it is made for each instance. */
export type MadeFunction =
  | { readonly kind: 'export'; readonly instance: number; readonly name: string }
  | {
      readonly kind: 'import';
      readonly interface: string;
      readonly factory: ImportFactory;
      readonly form: ImportForm;
      readonly params: readonly CoreType[];
      readonly memory: number | undefined;
      readonly realloc: number | undefined;
    }
  | { readonly kind: 'drop'; readonly resource: number };

export type MadeImport = Extract<MadeFunction, { kind: 'import' }>;

type Exports = Readonly<Record<string, WebAssembly.ImportValue>>;

/** A component whose imports are compiled, ready to be instantiated any number of times. */
export class Linker {
  readonly #plan: Omit<LinkPlan, 'modules'>;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #functions: readonly MadeFunction[];
  readonly #waiters: readonly Waiter[];
  readonly #request: number;
  readonly #outparam: number;

  /** Throws `UnsupportedType`. */
  constructor(plan: Omit<LinkPlan, 'modules'>, modules: readonly WebAssembly.Module[]) {
    this.#plan = plan;
    this.#modules = modules;
    const kinds = new ResourceKinds();
    this.#functions = plan.functions.map((planned) => {
      if (planned.kind === 'export') return planned;
      if (planned.kind === 'drop') return { kind: 'drop', resource: kinds.of(planned.resource) };
      const { function: imported, memory, realloc } = planned;
      const waits = mayWait(imported.interface, imported.name);
      const { factory, form, params } = compileImport(imported, kinds, waits);
      return {
        kind: 'import',
        interface: parseInterfaceName(imported.interface).unversioned,
        factory,
        form,
        params,
        memory,
        realloc,
      };
    });
    this.#waiters = [new Waiter(this.#functions, false), new Waiter(this.#functions, true)];
    this.#request = kinds.of(plan.handler.request);
    this.#outparam = kinds.of(plan.handler.outparam);
  }

  /** Throws what a module's start throws. */
  instantiate(imports: Interfaces): LinkedInstance {
    const link = new Link(this.#plan, this.#modules, this.#functions, this.#waiters, imports);
    const cores = link.run();
    const handler = link.exported(this.#plan.handler.function);
    return new LinkedInstance(cores, link, handler, this.#request, this.#outparam);
  }
}

/** See `LinkedInstance.handle`. */
export type Done = (hasWaited: boolean) => boolean;

/** An instance of a component. */
export class LinkedInstance {
  /** Its core instances, in the order in which they were made. */
  readonly cores: readonly WebAssembly.Instance[];
  readonly handles: Handles;
  /** What of the memory the host has written. */
  readonly touched: Touched;
  readonly #run: () => Promise<unknown>;
  readonly #waiting: Waiting;
  readonly #requestKind: number;
  readonly #outparamKind: number;
  #request = 0;
  #outparam = 0;
  #done: Done = () => false;
  #fail: (thrown: unknown) => void = () => {};
  /** Resolves with the next request, while the stack is kept for it. */
  #rest: PromiseWithResolvers<void> | undefined;

  constructor(
    cores: readonly WebAssembly.Instance[],
    { handles, touched, waiting }: Pick<Link, 'handles' | 'touched' | 'waiting'>,
    handler: WebAssembly.CoreFunction,
    requestKind: number,
    outparamKind: number,
  ) {
    this.cores = cores;
    this.handles = handles;
    this.touched = touched;
    this.#waiting = waiting;
    this.#requestKind = requestKind;
    this.#outparamKind = outparamKind;
    this.#run = entryOf(handler, {
      request: () => this.#request,
      outparam: () => this.#outparam,
      done: () => this.#ended(),
      rest: () => this.#rest?.promise ?? Promise.resolve(),
    });
  }

  /**
   * Calls the component's `incoming-handler.handle`, and then either `done`, perhaps before this returns, or `fail`
   * with the trap. `done` is told whether the guest waited for something, and answers whether the instance will be used
   * again; where both are so, the instance keeps its stack, and its next request begins in a microtask.
   */
  handle(request: unknown, outparam: unknown, done: Done, fail: (thrown: unknown) => void): void {
    const { handles } = this;
    this.#request = handles.own(this.#requestKind, request);
    this.#outparam = handles.own(this.#outparamKind, outparam);
    this.#done = done;
    this.#fail = fail;
    const rest = this.#rest;
    if (rest === undefined) {
      this.#run().catch(this.#failed);
      return;
    }
    this.#rest = undefined;
    rest.resolve();
  }

  /** It is not used again: a stack that it has kept is given back, which V8 does for none that is suspended. */
  discard(): void {
    this.#fail = () => {};
    this.#rest?.reject(new Error('the instance is not used again'));
    this.#rest = undefined;
  }

  readonly #failed = (thrown: unknown): void => this.#fail(thrown);

  #ended(): number {
    const hasWaited = this.#waiting.promise !== undefined;
    this.#waiting.promise = undefined;
    if (!this.#done(hasWaited) || !hasWaited) return 0;
    this.#rest = Promise.withResolvers();
    return 1;
  }
}

/** The making of one instance. */
class Link {
  readonly handles = new Handles();
  readonly touched: Touched = { parts: 0 };
  readonly waiting: Waiting = { promise: undefined };
  readonly #plan: Omit<LinkPlan, 'modules'>;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #functions: readonly MadeFunction[];
  readonly #waiters: readonly Waiter[];
  readonly #imports: Interfaces;
  readonly #instances: Exports[] = [];
  readonly #cores: WebAssembly.Instance[] = [];
  readonly #memories = new Map<string, GuestMemory>();
  readonly #calls = new Map<MadeImport, WebAssembly.CoreFunction>();

  constructor(
    plan: Omit<LinkPlan, 'modules'>,
    modules: readonly WebAssembly.Module[],
    functions: readonly MadeFunction[],
    waiters: readonly Waiter[],
    imports: Interfaces,
  ) {
    this.#plan = plan;
    this.#modules = modules;
    this.#functions = functions;
    this.#waiters = waiters;
    this.#imports = imports;
  }

  run(): readonly WebAssembly.Instance[] {
    for (const planned of this.#plan.instances) this.#instances.push(this.#instance(planned));
    return this.#cores;
  }

  /** An exported function of a core instance. */
  exported(index: number): WebAssembly.CoreFunction {
    const value = this.#function(index);
    if (typeof value !== 'function') throw new TypeError(`core function ${index} is none that can be called`);
    return value as WebAssembly.CoreFunction;
  }

  #instance(planned: CoreInstancePlan): Exports {
    if (planned.kind === 'exports') {
      return Object.fromEntries(
        planned.items.map(({ name, sort, index }) => {
          if (sort === 'function') return [name, this.#function(index)];
          const plans = { table: this.#plan.tables, memory: this.#plan.memories, global: this.#plan.globals };
          return [name, this.#export(found(plans[sort][index], sort, index))];
        }),
      );
    }
    const module = found(this.#modules[planned.module], 'module', planned.module);
    const imports = Object.fromEntries(
      planned.imports.map(({ name, instance }) => [
        name,
        found(this.#instances[instance], 'instance', instance),
      ]),
    );
    const core = new WebAssembly.Instance(module, imports);
    this.#cores.push(core);
    return core.exports;
  }

  #function(index: number): WebAssembly.ImportValue {
    const planned = found(this.#functions[index], 'function', index);
    const { handles } = this;
    switch (planned.kind) {
      case 'export':
        return this.#export(planned);
      case 'drop': {
        const { resource } = planned;
        return (handle: number) => handles.drop(resource, handle);
      }
      case 'import': {
        switch (planned.form) {
          case 'result':
            return this.#import(planned);
          case 'promise':
            return new WebAssembly.Suspending(this.#import(planned));
          case 'attempt':
            return this.#waitingCall(planned);
        }
      }
    }
  }

  #import({ interface: name, factory, memory, realloc }: MadeImport): WebAssembly.CoreFunction {
    return factory(this.#memory(memory, realloc), this.handles, this.#imports[name] ?? {}, this.waiting);
  }

  #waitingCall(planned: MadeImport): WebAssembly.ImportValue {
    let call = this.#calls.get(planned);
    if (call === undefined) {
      // Those that need the memory are made together once it is there, the others before.
      const waiter = this.#waiters.find(({ functions }) => functions.includes(planned));
      if (waiter === undefined) throw new TypeError('every function that waits has a waiter');
      const attempts = waiter.functions.map((item) => this.#import(item));
      for (const [index, made] of waiter.instantiate(attempts, this.waiting).entries())
        this.#calls.set(found(waiter.functions[index], 'function', index), made);
      call = found(this.#calls.get(planned), 'function', planned.interface);
    }
    return call;
  }

  #export({ instance, name }: { readonly instance: number; readonly name: string }): WebAssembly.ImportValue {
    return found(this.#instances[instance]?.[name], 'export', name);
  }

  #memory(memory: number | undefined, realloc: number | undefined): GuestMemory | undefined {
    if (memory === undefined) return undefined;
    const key = `${memory} ${realloc}`;
    let made = this.#memories.get(key);
    if (made === undefined) {
      const value = this.#export(found(this.#plan.memories[memory], 'memory', memory));
      if (!(value instanceof WebAssembly.Memory)) throw new TypeError(`memory ${memory} is none`);
      made = new GuestMemory(
        value,
        realloc === undefined ? undefined : (this.exported(realloc) as Realloc),
        this.touched,
      );
      this.#memories.set(key, made);
    }
    return made;
  }
}

/** What a plan refers to is there: jco's WIT tools validate components before they are written. */
function found<T>(value: T | undefined, sort: string, index: number | string): T {
  if (value === undefined)
    throw new TypeError(`the component refers to a core ${sort} ${index} that it has not`);
  return value;
}
