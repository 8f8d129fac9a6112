import type { Touched } from '../abi/guest-memory.ts';
import { parseInterfaceName } from '../decode/interface-name.ts';
import { entryOf } from './entry.ts';
import type { Handles } from './handles.ts';
import type { HostImports } from './host-imports.ts';
import { compileImport, type Waiting } from './import-function.ts';
import { Link } from './link.ts';
import type { LinkPlan } from './link-plan.ts';
import type { MadeFunction } from './made-function.ts';
import type { LinkedProgram } from './program.ts';
import { ResourceKinds } from './resource-kinds.ts';
import { Waiter } from './waiter.ts';

/** A component whose imports are compiled, ready to be instantiated any number of times. */
export class Linker {
  readonly #plan: Omit<LinkPlan, 'modules'>;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #functions: readonly MadeFunction[];
  readonly #waiters: readonly Waiter[];
  readonly #entry: number;
  readonly #request: number;
  readonly #outparam: number;

  /** Throws `UnsupportedType`. */
  constructor({ plan, modules, entry, suspending }: Omit<LinkedProgram, 'kind' | 'reset'>) {
    this.#plan = plan;
    this.#modules = modules;
    const kinds = new ResourceKinds();
    this.#functions = plan.functions.map((planned, index) => {
      if (planned.kind === 'export') return planned;
      if (planned.kind === 'drop') return { kind: 'drop', resource: kinds.of(planned.resource) };
      const { function: imported, memory, realloc } = planned;
      const { factory, form, params } = compileImport(imported, kinds, suspending.has(index));
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
    this.#entry = entry.core;
    const [request = -1, outparam = -1] = entry.type.params.flatMap(({ type }) =>
      type.kind === 'own' ? [kinds.of(type.resource)] : [],
    );
    this.#request = request;
    this.#outparam = outparam;
  }

  /** Throws what a module's start throws. */
  instantiate(imports: HostImports): LinkedInstance {
    const link = new Link(this.#plan, this.#modules, this.#functions, this.#waiters, imports);
    const cores = link.run();
    const handler = link.exported(this.#entry);
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
   * Calls the component's handler, and then either `done`, perhaps before this returns, or `fail`
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

  readonly #failed = (thrown: unknown): void => {
    this.#waiting.promise = undefined;
    this.#fail(thrown);
  };

  #ended(): number {
    const hasWaited = this.#waiting.promise !== undefined;
    this.#waiting.promise = undefined;
    if (!this.#done(hasWaited) || !hasWaited) return 0;
    this.#rest = Promise.withResolvers();
    return 1;
  }
}
