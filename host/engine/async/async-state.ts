import type { Handles } from '../link/handles.ts';
import { AsyncTable } from './async-table.ts';
import { BuiltIns } from './built-ins.ts';
import { Cancellable } from './cancellable.ts';
import type { Enterable } from './enterable.ts';
import { InstanceTasks } from './instance-tasks.ts';
import type { Leaving } from './leaving.ts';
import type { Schedule } from './schedule.ts';
import { waitForHost, waitOnStack } from './stacks.ts';
import { Subtask, subtaskStates } from './subtask.ts';

/** What an instance of an asynchronous component has besides its memory and its resources. */
export class AsyncState {
  readonly tasks: InstanceTasks;
  readonly table: AsyncTable;
  readonly builtIns: BuiltIns;
  /** Called with what nobody in the guest can be told of: it traps. */
  fail: (thrown: unknown) => void = () => {};
  /** How often the instance was brought back: what comes for an earlier guest is for nobody. */
  #era = 0;

  readonly #component: Leaving;

  /** @param around the instances around it, which it is entered with */
  constructor(
    component: Leaving & Enterable & { readonly handles: Handles },
    schedule: Schedule,
    around: readonly Enterable[],
  ) {
    this.#component = component;
    this.tasks = new InstanceTasks(schedule, [component, ...around]);
    this.table = new AsyncTable(component.handles);
    this.builtIns = new BuiltIns(component, this.tasks, this.table, (thrown) => this.fail(thrown));
  }

  /** The guest has ended, and nothing of it is left but what outsiders still work on. */
  clear(): void {
    this.#component.mayLeave = true;
    this.#era += 1;
    this.tasks.clear();
  }

  /** Whoever has the other end of what it held learns that it has ended. To be called when all components of the program are cleared. */
  abandon(): void {
    this.table.abandon();
  }

  /** Lets the stack of the running task wait for the host, for a suspending import. @param isAsync whether the host's function is asynchronous */
  wait<T>(ready: Promise<T>, isAsync: boolean): Promise<T> {
    return isAsync ? waitOnStack(this.tasks, ready) : waitForHost(this.tasks, ready);
  }

  /** Nobody waits for the guest any more: what waits on stacks is rejected with the reason. Answers whether something was. */
  abort(reason: unknown): boolean {
    return this.tasks.abort(reason);
  }

  /** What unwinds the stacks that wait now, to be called when it is cleared, as V8 gives back none that is suspended. */
  unwinding(): ((reason: unknown) => void) | undefined {
    return this.tasks.unwinding();
  }

  /**
   * A call of the host's that goes on beside the guest. Answers its state and its handle, as the guest gets them.
   *
   * @param finish lowers the result
   * @param refuse lowers an error; absent where the function has none
   */
  beginCall(
    pending: Promise<unknown> | Cancellable<unknown>,
    finish: (value: unknown) => void,
    refuse: ((thrown: unknown) => void) | undefined,
  ): number {
    const subtask = new Subtask();
    const era = this.#era;
    const isOver = (): boolean => era !== this.#era || subtask.isResolved;
    subtask.started();
    if (pending instanceof Cancellable) {
      subtask.onCancel = () => {
        pending.cancel();
        subtask.resolve(subtaskStates.cancelledBeforeReturned);
      };
    }
    const settle = (lower: () => void): void => {
      if (isOver()) return;
      try {
        lower();
        subtask.resolve(subtaskStates.returned);
      } catch (thrown) {
        this.fail(thrown);
      }
    };
    const promise = pending instanceof Cancellable ? pending.promise : pending;
    promise.then(
      (value) => settle(() => finish(value)),
      (thrown: unknown) =>
        settle(() => {
          if (refuse === undefined) throw thrown;
          refuse(thrown);
        }),
    );
    const handle = this.table.addSubtask(subtask);
    return (subtaskStates.started | (handle << 4)) >>> 0;
  }
}
