import type { Touched } from '../abi/guest-memory.ts';
import { ResourceKinds } from '../abi/resource-kinds.ts';
import type { AsyncType } from '../async/async-table.ts';
import { AsyncInstance } from './async-instance.ts';
import { compileFunctions } from './compile-functions.ts';
import type { ComponentState } from './component-state.ts';
import { liftedForm } from './core-signature.ts';
import { Entry } from './entry.ts';
import { compileExport, type ExportFactory, type HostCall } from './export-function.ts';
import { GuestCallee } from './guest-callee.ts';
import type { HostImports } from './host-imports.ts';
import type { Waiting } from './import-function.ts';
import { Link } from './link.ts';
import type { MadeFunction } from './made-function.ts';
import { isTask, type LinkedProgram } from './program.ts';
import { type Waiter, waitersOf } from './waiter.ts';

/** A component whose imports are compiled, ready to be instantiated any number of times. */
export class Linker {
  readonly #program: Omit<LinkedProgram, 'kind' | 'reset'>;
  readonly #functions: readonly MadeFunction[];
  readonly #waiters: readonly Waiter[];
  readonly #types: readonly AsyncType[];
  readonly #export: ExportFactory | undefined;
  readonly #entry: Entry | undefined;
  /** The entry of a component whose calls are tasks. */
  readonly #task: GuestCallee | undefined;

  /** Throws `UnsupportedType`. */
  constructor(program: Omit<LinkedProgram, 'kind' | 'reset'>) {
    const { plan, entry, suspending } = program;
    const kinds = new ResourceKinds();
    this.#program = program;
    this.#functions = compileFunctions(plan, suspending, kinds);
    this.#waiters = waitersOf(this.#functions);
    this.#types = kinds.asyncTypes;
    if (isTask(program)) {
      this.#task = new GuestCallee(entry, plan.resources, kinds, {
        by: 'host',
        onStack: this.#functions.some(
          (item) =>
            item.kind === 'async-call' ||
            (item.kind === 'builtin' && item.suspends) ||
            (item.kind === 'import' && item.form !== 'result'),
        ),
      });
    } else {
      this.#export = compileExport(entry, kinds);
      this.#entry = new Entry(liftedForm(entry.type), entry.options.postReturn !== undefined);
    }
  }

  /** Throws what a module's start throws. */
  instantiate(imports: HostImports): LinkedInstance {
    const { plan, modules, entry } = this.#program;
    if (this.#entry === undefined || this.#export === undefined)
      throw new TypeError('an asynchronous component is instantiated as a synchronous one');
    const link = new Link(plan, modules, this.#functions, this.#waiters, imports, this.#types);
    const cores = link.run();
    const { postReturn } = entry.options;
    const { handles } = link.component(entry.component);
    return new LinkedInstance(cores, link, {
      entry: this.#entry,
      exported: link.exported(entry.core),
      postReturn: postReturn === undefined ? undefined : link.exported(postReturn),
      params: liftedForm(entry.type).params.length,
      call: this.#export(link.memory(entry.options, entry.component), handles),
    });
  }

  /** The same for a component whose calls are tasks. */
  instantiateAsync(imports: HostImports): AsyncInstance {
    const { plan, modules, entry } = this.#program;
    const link = new Link(plan, modules, this.#functions, this.#waiters, imports, this.#types);
    const cores = link.run();
    if (this.#task === undefined)
      throw new TypeError('a synchronous component is instantiated as an asynchronous one');
    return new AsyncInstance(cores, link, this.#task.instantiate(link.callee(entry)));
  }
}

/** See `LinkedInstance.call`. */
export type Done = (hasWaited: boolean, result?: unknown) => boolean;

/** The export of an instance that is called. */
interface Callee {
  readonly entry: Entry;
  readonly exported: WebAssembly.CoreFunction;
  readonly postReturn: WebAssembly.CoreFunction | undefined;
  /** How many flat ones. */
  readonly params: number;
  readonly call: HostCall;
}

/** An instance of a component. */
export class LinkedInstance {
  /** Its core instances, in the order in which they were made. */
  readonly cores: readonly WebAssembly.Instance[];
  /** Those of the component itself, and of each component within it. */
  readonly components: readonly ComponentState[];
  /** What of each memory the host has written. */
  readonly touched: ReadonlyMap<WebAssembly.Memory, Touched>;
  readonly #run: () => Promise<unknown>;
  readonly #waiting: Waiting;
  readonly #call: HostCall;
  readonly #flats: (number | bigint)[] = [];
  #result: unknown;
  #done: Done = () => false;
  #fail: (thrown: unknown) => void = () => {};
  /** Resolves with the next request, while the stack is kept for it. */
  #rest: PromiseWithResolvers<void> | undefined;

  constructor(
    cores: readonly WebAssembly.Instance[],
    { components, touched, waiting }: Pick<Link, 'components' | 'touched' | 'waiting'>,
    { entry, exported, postReturn, params, call }: Callee,
  ) {
    this.cores = cores;
    this.components = components;
    this.touched = touched;
    this.#waiting = waiting;
    this.#call = call;
    const flats = this.#flats;
    this.#run = entry.bind(exported, postReturn, {
      args: Array.from({ length: params }, (_, index) => () => flats[index] ?? 0),
      result: (flat) => {
        this.#result = this.#call.lift(flat);
      },
      done: () => this.#ended(),
      rest: () => this.#rest?.promise ?? Promise.resolve(),
    });
  }

  /**
   * Calls the program's entry, and then either `done` with its result, perhaps before this returns, or `fail`
   * with the trap. `done` is told whether the guest waited for something, and answers whether the instance will be used
   * again; where both are so, the instance keeps its stack, and its next request begins in a microtask.
   */
  call(args: readonly unknown[], done: Done, fail: (thrown: unknown) => void): void {
    this.#call.lower(args, this.#flats);
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
    const result = this.#result;
    this.#result = undefined;
    if (!this.#done(hasWaited, result) || !hasWaited) return 0;
    this.#rest = Promise.withResolvers();
    return 1;
  }
}
