import { trap } from '../guest-trap.ts';
import type { CallScope } from '../link/call-scope.ts';
import type { Enterable } from './enterable.ts';

/** Who is told of a call of an export. */
export interface TaskOwner {
  /** What the host calls for, such as a request. Tasks that the call leads to have the same. */
  readonly origin?: unknown;
  /** The result, once; the task may go on. */
  returned(value: unknown): void;
  /** The guest has ended the task without a result, as it was asked to. */
  cancelled(): void;
  /** Nothing of the task is left. */
  ended(): void;
  /** The guest has trapped, and its instance with it. @param origin that of the task that did, where that is known */
  failed(thrown: unknown, origin?: unknown): void;
}

/** How a function is lifted, as far as its tasks show it. */
export type TaskForm = Pick<Task, 'isAsync' | 'isExclusive' | 'mayWait'> & Partial<Pick<Task, 'answers'>>;

/** Who goes on with a task that waits, where it is asked to end; see `Task.requestCancellation`. */
export interface Cancelled {
  cancelRequested(entered: readonly Enterable[] | undefined): void;
}

type State = 'initial' | 'started' | 'cancel pending' | 'cancel delivered' | 'resolved';

/** A call of an export, from its begin until its last stack has ended. Source: `CanonicalABI.md`, "Tasks". */
export class Task {
  /** What `context.get` and `context.set` read and write. */
  readonly storage: [number, number] = [0, 0];
  /** Whether it has the component's core code to itself while it runs: all do but those that may suspend anywhere. */
  readonly isExclusive: boolean;
  /** Its result is given by `task.return`, and not by what its core function answers. */
  readonly isAsync: boolean;
  /** It may wait: its function is of an asynchronous type. */
  readonly mayWait: boolean;
  /** What it was lent by another component. */
  scope: CallScope | undefined;
  /** What `task.return` must give; absent where whoever calls takes anything. */
  readonly answers: number | undefined;
  readonly owner: TaskOwner;
  /** See `TaskOwner.origin`. */
  origin: unknown;
  #state: State = 'initial';
  #hasStarted = false;
  /** Goes on with it where it waits in a way that a cancellation may end. */
  #waiting: Cancelled | undefined;
  /** See `InstanceTasks.isLive`. */
  era = 0;

  constructor(owner: TaskOwner, { isAsync, isExclusive, mayWait, answers }: TaskForm) {
    this.owner = owner;
    this.isAsync = isAsync;
    this.isExclusive = isExclusive;
    this.mayWait = mayWait;
    this.answers = answers;
  }

  /** Whether the guest has got its arguments. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Its instance takes it: it is the running one. */
  begin(): void {}

  /** Takes what its core function, or its callback, answers, before its stack ends. */
  answered(_answer: unknown): void {}

  /** It was asked to end before it has begun. */
  protected withdrawn(): void {}

  get isResolved(): boolean {
    return this.#state === 'resolved';
  }

  started(): void {
    this.#hasStarted = true;
    if (this.#state === 'initial') this.#state = 'started';
  }

  /** The guest gives its result. */
  return(value: unknown): void {
    if (this.#state === 'resolved') trap('a task returns twice');
    if (this.#holdsBorrowed) trap('a task returns before it has dropped the handles that it was lent');
    this.#state = 'resolved';
    this.owner.returned(value);
  }

  /** The guest ends the task without a result. */
  cancel(): void {
    if (this.#state !== 'cancel delivered') trap('a task is cancelled that nobody has asked to end');
    if (this.#holdsBorrowed) trap('a task is cancelled before it has dropped the handles that it was lent');
    this.#state = 'resolved';
    this.owner.cancelled();
  }

  /**
   * The caller does not want the result any more; the guest learns of it when it waits, and may go on all the same.
   *
   * @param entered the instances that another component enters by that; absent where the host asks
   */
  requestCancellation(entered?: readonly Enterable[]): void {
    if (this.#state === 'resolved') return;
    if (this.#state === 'initial') {
      this.#state = 'resolved';
      this.owner.cancelled();
      this.withdrawn();
      return;
    }
    if (this.#state !== 'started') return;
    this.#state = 'cancel pending';
    this.#waiting?.cancelRequested(entered);
  }

  /** Whether the guest is to be told now that it should end; it is told once. */
  takeCancellation(): boolean {
    if (this.#state !== 'cancel pending') return false;
    this.#state = 'cancel delivered';
    return true;
  }

  /** @param waiting told when a cancellation is requested; absent where it waits no more */
  waits(waiting: Cancelled | undefined): void {
    this.#waiting = waiting;
  }

  get #holdsBorrowed(): boolean {
    return this.scope !== undefined && this.scope.borrows > 0;
  }

  /** Its last stack has ended. */
  end(): void {
    if (this.#state !== 'resolved') trap('a task ends without a result');
    this.owner.ended();
  }
}

/** Who is told of a task that answers by itself. */
const nobody: TaskOwner = { returned() {}, cancelled() {}, ended() {}, failed() {} };

/** Of a function that runs on the stack of who calls it. */
export function synchronousTask(): Task {
  return new Task(nobody, { isAsync: false, isExclusive: false, mayWait: false });
}
