import { GuestMemory, type Realloc, type Touched } from '../abi/guest-memory.ts';
import { Handles } from './handles.ts';
import type { HostImports } from './host-imports.ts';
import type { Waiting } from './import-function.ts';
import type { CoreInstancePlan, LinkPlan } from './link-plan.ts';
import type { MadeFunction, MadeImport } from './made-function.ts';
import type { Waiter } from './waiter.ts';

type Exports = Readonly<Record<string, WebAssembly.ImportValue>>;

/** The making of one instance. */
export class Link {
  readonly handles = new Handles();
  readonly touched: Touched = { parts: 0 };
  readonly waiting: Waiting = { promise: undefined };
  readonly #plan: Omit<LinkPlan, 'modules'>;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #functions: readonly MadeFunction[];
  readonly #waiters: readonly Waiter[];
  readonly #imports: HostImports;
  readonly #instances: Exports[] = [];
  readonly #cores: WebAssembly.Instance[] = [];
  readonly #memories = new Map<string, GuestMemory>();
  readonly #calls = new Map<MadeImport, WebAssembly.CoreFunction>();

  constructor(
    plan: Omit<LinkPlan, 'modules'>,
    modules: readonly WebAssembly.Module[],
    functions: readonly MadeFunction[],
    waiters: readonly Waiter[],
    imports: HostImports,
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
      case 'stub':
        return planned.value;
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

  /** The memory that a function of the host uses. */
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
