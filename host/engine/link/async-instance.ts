import type { Touched } from '../abi/guest-memory.ts';
import type { Task, TaskOwner } from '../async/task.ts';
import type { ComponentState } from './component-state.ts';
import type { CallTask } from './guest-callee.ts';
import type { Link } from './link.ts';

/** An instance of a component whose calls are tasks. */
export class AsyncInstance {
  /** Its core instances, in the order in which they were made. */
  readonly cores: readonly WebAssembly.Instance[];
  /** Those of the component itself, and of each component within it. */
  readonly components: readonly ComponentState[];
  /** What of each memory the host has written. */
  readonly touched: ReadonlyMap<WebAssembly.Memory, Touched>;
  readonly #calls: readonly CallTask[];
  /** A list, as one that serves a request at a time has one. */
  readonly #running: TaskOwner[] = [];
  readonly #watch: Watch = {
    ended: (owner) => {
      const index = this.#running.indexOf(owner);
      if (index >= 0) this.#running.splice(index, 1);
    },
    failed: (thrown) => this.#failAll(thrown),
  };

  constructor(
    cores: readonly WebAssembly.Instance[],
    { components, touched }: Pick<Link, 'components' | 'touched'>,
    calls: readonly CallTask[],
  ) {
    this.cores = cores;
    this.components = components;
    this.touched = touched;
    this.#calls = calls;
    for (const component of components) {
      if (component.async !== undefined) component.async.fail = (thrown) => this.#failAll(thrown);
    }
  }

  /** Calls one of the program's entries. Resources are the guest's from then on. */
  call(values: readonly unknown[], owner: TaskOwner, entry = 0): Task {
    const call = this.#calls[entry];
    if (call === undefined) throw new TypeError(`there is no entry ${entry}`);
    this.#running.push(owner);
    return call(() => values, new Watched(owner, this.#watch));
  }

  /** What the code that runs now was called for; see `TaskOwner.origin`. */
  get origin(): unknown {
    return this.components[0]?.async?.tasks.schedule.origin;
  }

  /** Whether nothing of a task is left. */
  get isIdle(): boolean {
    return (
      this.#running.length === 0 && this.components.every(({ async: state }) => state?.tasks.isIdle ?? true)
    );
  }

  /** Nobody waits for its tasks any more: they are unwound where they wait, and the owners told. */
  abort(reason: unknown): void {
    const isUnwinding = this.components.map(({ async: state }) => state?.abort(reason) === true);
    if (!isUnwinding.includes(true)) this.#failAll(reason);
  }

  /** What outsiders still work on for guests of it is for nobody; called when it is brought back, or not used again. */
  clear(): void {
    const unwind = this.#end();
    if (unwind === undefined) return;
    const reason = new WebAssembly.RuntimeError('the instance has ended');
    for (const one of unwind) one(reason);
  }

  /** Answers what unwinds the stacks that wait. */
  #end(): ((reason: unknown) => void)[] | undefined {
    while (this.#running.length > 0) this.#running.pop();
    let unwind: ((reason: unknown) => void)[] | undefined;
    for (const { async: state } of this.components) {
      const one = state?.unwinding();
      if (one !== undefined) {
        unwind ??= [];
        unwind.push(one);
      }
      state?.clear();
    }
    for (const { async: state } of this.components) state?.abandon();
    return unwind;
  }

  /** A trap ends the instance, with all that runs in it. */
  #failAll(thrown: unknown): void {
    const { origin } = this;
    const running = [...this.#running];
    for (const one of this.#end() ?? []) one(thrown);
    for (const owner of running) owner.failed(thrown, origin);
  }
}

/** What an instance has to hear of its calls. */
interface Watch {
  ended(owner: TaskOwner): void;
  failed(thrown: unknown): void;
}

/** The owner of a call, of which its instance hears first. */
class Watched implements TaskOwner {
  readonly origin: unknown;
  readonly #owner: TaskOwner;
  readonly #watch: Watch;

  constructor(owner: TaskOwner, watch: Watch) {
    this.origin = owner.origin;
    this.#owner = owner;
    this.#watch = watch;
  }

  returned(value: unknown): void {
    this.#owner.returned(value);
  }

  cancelled(): void {
    this.#owner.cancelled();
  }

  ended(): void {
    this.#watch.ended(this.#owner);
    this.#owner.ended();
  }

  failed(thrown: unknown): void {
    this.#watch.failed(thrown);
  }
}
