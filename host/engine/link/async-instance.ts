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
  readonly #running = new Set<TaskOwner>();

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
    const watched: TaskOwner = {
      origin: owner.origin,
      returned: (value) => owner.returned(value),
      cancelled: () => owner.cancelled(),
      ended: () => {
        this.#running.delete(owner);
        owner.ended();
      },
      failed: (thrown) => this.#failAll(thrown),
    };
    this.#running.add(owner);
    return call(() => values, watched);
  }

  /** What the code that runs now was called for; see `TaskOwner.origin`. */
  get origin(): unknown {
    return this.components[0]?.async?.tasks.schedule.origin;
  }

  /** Whether nothing of a task is left. */
  get isIdle(): boolean {
    return (
      this.#running.size === 0 && this.components.every(({ async: state }) => state?.tasks.isIdle ?? true)
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
    if (unwind.length === 0) return;
    const reason = new WebAssembly.RuntimeError('the instance has ended');
    for (const one of unwind) one(reason);
  }

  /** Answers what unwinds the stacks that wait. */
  #end(): ((reason: unknown) => void)[] {
    this.#running.clear();
    const unwind: ((reason: unknown) => void)[] = [];
    for (const { async: state } of this.components) {
      const one = state?.unwinding();
      if (one !== undefined) unwind.push(one);
      state?.clear();
    }
    for (const { async: state } of this.components) state?.abandon();
    return unwind;
  }

  /** A trap ends the instance, with all that runs in it. */
  #failAll(thrown: unknown): void {
    const { origin } = this;
    const running = [...this.#running];
    for (const one of this.#end()) one(thrown);
    for (const owner of running) owner.failed(thrown, origin);
  }
}
