import { trap } from '../guest-trap.ts';
import { type Event, eventCodes } from './event.ts';
import { Waitable } from './waitable.ts';

/** How far a call is that a guest made. The numbers are the guest's. Source: `CanonicalABI.md`, "Subtask State". */
export const subtaskStates = {
  starting: 0,
  started: 1,
  returned: 2,
  cancelledBeforeStarted: 3,
  cancelledBeforeReturned: 4,
} as const;
export type SubtaskState = (typeof subtaskStates)[keyof typeof subtaskStates];

/** A call that a guest made and that goes on beside it. */
export class Subtask extends Waitable {
  state: SubtaskState = subtaskStates.starting;
  /** The guest has asked to end it. */
  isCancelled = false;
  /** Asks whoever was called to end. */
  onCancel: () => void = () => {};
  /** The guest's handle of it, once it has one. */
  handle = 0;
  #isDelivered = false;
  /** Undoes what was lent for the call. */
  #release: (() => void) | undefined;

  /** @param release gives back what the guest has lent for the call */
  constructor(release?: () => void) {
    super();
    this.#release = release;
  }

  get isResolved(): boolean {
    return this.state >= subtaskStates.returned;
  }

  /** The guest knows that it has ended. */
  get isDelivered(): boolean {
    return this.#isDelivered;
  }

  started(): void {
    this.state = subtaskStates.started;
    this.#progressed();
  }

  /** It has ended; the result, where there is one, is in the guest's memory already. */
  resolve(state: SubtaskState): void {
    this.state = state;
    this.#progressed();
  }

  /** Resolves when it has ended; its progress before that is no end. */
  get end(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.isResolved) resolve();
        else this.onNext(look);
      };
      look();
    });
  }

  /** The guest learns that it has ended. */
  deliver(): void {
    this.#isDelivered = true;
    this.#release?.();
    this.#release = undefined;
  }

  /** The guest has ended with it. */
  abandon(): void {
    if (!this.isResolved && !this.isCancelled) this.onCancel();
  }

  /** Traps unless the guest knows that it has ended. */
  drop(): void {
    if (!this.#isDelivered)
      trap('a call is dropped that has not ended, or whose end the component has not seen');
    this.join(undefined);
  }

  #progressed(): void {
    // Without a handle the guest is still in the call, and gets the state, or the result, from that.
    if (this.handle === 0) this.notify();
    else this.setPending();
  }

  protected event(): Event {
    if (this.isResolved) this.deliver();
    return { code: eventCodes.subtask, waitable: this.handle, payload: this.state };
  }
}
