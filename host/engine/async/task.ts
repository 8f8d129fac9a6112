import { trap } from '../guest-trap.ts';

/** Who is told of a call of an export. */
export interface TaskOwner {
  /** The result, once; the task may go on. */
  returned(value: unknown): void;
  /** The guest has ended the task without a result, as it was asked to. */
  cancelled(): void;
  /** Nothing of the task is left. */
  ended(): void;
  /** The guest has trapped, and its instance with it. */
  failed(thrown: unknown): void;
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
  /** How many handles it was lent and has not dropped. */
  borrows = 0;
  readonly owner: TaskOwner;
  #state: State = 'initial';
  /** Goes on with it where it waits in a way that a cancellation may end. */
  #wake: (() => void) | undefined;

  constructor(owner: TaskOwner, isAsync: boolean, isExclusive: boolean) {
    this.owner = owner;
    this.isAsync = isAsync;
    this.isExclusive = isExclusive;
  }

  get isStarted(): boolean {
    return this.#state !== 'initial';
  }

  get isResolved(): boolean {
    return this.#state === 'resolved';
  }

  started(): void {
    if (this.#state === 'initial') this.#state = 'started';
  }

  /** The guest gives its result. */
  return(value: unknown): void {
    if (this.#state === 'resolved') trap('a task returns twice');
    if (this.borrows > 0) trap('a task returns before it has dropped the handles that it was lent');
    this.#state = 'resolved';
    this.owner.returned(value);
  }

  /** The guest ends the task without a result. */
  cancel(): void {
    if (this.#state !== 'cancel delivered') trap('a task is cancelled that nobody has asked to end');
    if (this.borrows > 0) trap('a task is cancelled before it has dropped the handles that it was lent');
    this.#state = 'resolved';
    this.owner.cancelled();
  }

  /** The caller does not want the result any more; the guest learns of it when it waits, and may go on all the same. */
  requestCancellation(): void {
    if (this.#state === 'resolved') return;
    if (this.#state === 'initial') {
      this.#state = 'resolved';
      this.owner.cancelled();
      return;
    }
    if (this.#state !== 'started') return;
    this.#state = 'cancel pending';
    this.#wake?.();
  }

  /** Whether the guest is to be told now that it should end; it is told once. */
  takeCancellation(): boolean {
    if (this.#state !== 'cancel pending') return false;
    this.#state = 'cancel delivered';
    return true;
  }

  /** @param wake called when a cancellation is requested; absent where it waits no more */
  waits(wake: (() => void) | undefined): void {
    this.#wake = wake;
  }

  /** Its last stack has ended. */
  end(): void {
    if (this.#state !== 'resolved') trap('a task ends without a result');
    this.owner.ended();
  }
}
