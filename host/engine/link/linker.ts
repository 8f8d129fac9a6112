import type { Touched } from '../abi/guest-memory.ts';
import { ResourceKinds } from '../abi/resource-kinds.ts';
import type { AsyncType } from '../async/async-table.ts';
import { AsyncInstance } from './async-instance.ts';
import { compileFunctions } from './compile-functions.ts';
import type { ComponentState } from './component-state.ts';
import { liftedForm } from './core-signature.ts';
import { Entry } from './entry.ts';
import { type Callee, type Done, EntryCall } from './entry-call.ts';
import { compileExport, type ExportFactory } from './export-function.ts';
import { GuestCallee } from './guest-callee.ts';
import type { HostImports } from './host-imports.ts';
import { Link } from './link.ts';
import type { ExportedFunction, LinkPlan } from './link-plan.ts';
import type { MadeFunction } from './made-function.ts';
import { entriesOf, isTask, type LinkedProgram } from './program.ts';
import { type Waiter, waitersOf } from './waiter.ts';

/** An export that is called, compiled for all instances. */
interface CompiledEntry {
  readonly exported: ExportedFunction;
  readonly entry: Entry;
  readonly call: ExportFactory;
}

/** The same where its calls are tasks. */
interface CompiledTask {
  readonly exported: ExportedFunction;
  readonly task: GuestCallee;
}

/** A component whose imports are compiled, ready to be instantiated any number of times. */
export class Linker {
  readonly #program: Omit<LinkedProgram, 'kind' | 'reset'>;
  readonly #functions: readonly MadeFunction[];
  readonly #waiters: readonly Waiter[];
  readonly #types: readonly AsyncType[];
  readonly #entries: readonly CompiledEntry[];
  readonly #tasks: readonly CompiledTask[];
  /** The kinds of the resources that each component instance defines. */
  readonly kinds: ReadonlyMap<number, readonly number[]>;

  /** Throws `UnsupportedType`. */
  constructor(program: Omit<LinkedProgram, 'kind' | 'reset'>) {
    const { plan, suspending } = program;
    const kinds = new ResourceKinds();
    this.#program = program;
    this.#functions = compileFunctions(plan, suspending, kinds);
    this.#waiters = waitersOf(this.#functions);
    this.#types = kinds.asyncTypes;
    this.kinds = ownKinds(plan.resources, kinds);
    const onStack = this.#functions.some(
      (item) =>
        item.kind === 'async-call' ||
        (item.kind === 'builtin' && item.suspends) ||
        (item.kind === 'import' && item.form !== 'result'),
    );
    const entries = entriesOf(program);
    this.#tasks = entries
      .filter((exported) => isTask({ entry: exported, plan }))
      .map((exported) => ({
        exported,
        task: new GuestCallee(exported, plan.resources, kinds, { by: 'host', onStack }),
      }));
    this.#entries = entries
      .filter((exported) => !isTask({ entry: exported, plan }))
      .map((exported) => ({
        exported,
        call: compileExport(exported, kinds),
        entry: new Entry(liftedForm(exported.type), exported.options.postReturn !== undefined),
      }));
  }

  /** @param imports of each component, where several were put together. Throws what a module's start throws. */
  instantiate(...imports: readonly HostImports[]): LinkedInstance {
    const { link, cores } = this.#link(imports);
    if (this.#entries.length === 0)
      throw new TypeError('an asynchronous component is instantiated as a synchronous one');
    return new LinkedInstance(
      cores,
      link,
      this.#entries.map(({ exported: { core, type, options, component }, entry, call }) => ({
        entry,
        exported: link.exported(core),
        postReturn: options.postReturn === undefined ? undefined : link.exported(options.postReturn),
        params: liftedForm(type).params.length,
        call: call(link.memory(options, component), link.component(component).handles),
      })),
    );
  }

  /** The same for a component whose calls are tasks. */
  instantiateAsync(...imports: readonly HostImports[]): AsyncInstance {
    const { link, cores } = this.#link(imports);
    if (this.#tasks.length === 0)
      throw new TypeError('a synchronous component is instantiated as an asynchronous one');
    return new AsyncInstance(
      cores,
      link,
      this.#tasks.map(({ exported, task }) => task.instantiate(link.callee(exported))),
    );
  }

  #link(imports: readonly HostImports[]): { link: Link; cores: readonly WebAssembly.Instance[] } {
    const { plan, modules } = this.#program;
    const link = new Link(plan, modules, this.#functions, this.#waiters, imports, this.#types);
    return { link, cores: link.run() };
  }
}

function ownKinds(resources: LinkPlan['resources'], kinds: ResourceKinds): Map<number, number[]> {
  const own = new Map<number, number[]>();
  for (const [type, { component }] of resources)
    own.set(component, [...(own.get(component) ?? []), kinds.of(type)]);
  return own;
}

/** An instance of a component. */
export class LinkedInstance {
  /** Its core instances, in the order in which they were made. */
  readonly cores: readonly WebAssembly.Instance[];
  /** Those of the component itself, and of each component within it. */
  readonly components: readonly ComponentState[];
  /** What of each memory the host has written. */
  readonly touched: ReadonlyMap<WebAssembly.Memory, Touched>;
  readonly #calls: readonly EntryCall[];

  constructor(
    cores: readonly WebAssembly.Instance[],
    { components, touched, waiting }: Pick<Link, 'components' | 'touched' | 'waiting'>,
    callees: readonly Callee[],
  ) {
    this.cores = cores;
    this.components = components;
    this.touched = touched;
    this.#calls = callees.map((callee) => new EntryCall(callee, waiting));
  }

  /**
   * Calls one of the program's entries, and then either `done` with its result, perhaps before this returns, or `fail`
   * with the trap. `done` is told whether the guest waited for something, and answers whether the instance will be used
   * again; where both are so, the instance keeps its stack, and the next request of that entry begins in a microtask.
   */
  call(args: readonly unknown[], done: Done, fail: (thrown: unknown) => void, entry = 0): void {
    const call = this.#calls[entry];
    if (call === undefined) throw new TypeError(`there is no entry ${entry}`);
    call.call(args, done, fail);
  }

  /** It is not used again: a stack that it has kept is given back, which V8 does for none that is suspended. */
  discard(): void {
    for (const call of this.#calls) call.discard();
  }
}
