import type { Event } from './event.ts';

/** Waitables that are waited for together; see `WaitableSet`. */
interface Group {
  add(member: Waitable): void;
  delete(member: Waitable): void;
  /** Something has happened to a member. */
  notify(): void;
}

/** Something whose progress a guest may wait for: a call that it made, or its end of a stream or future. Source: `CanonicalABI.md`. */
export abstract class Waitable {
  #hasPending = false;
  #set: Group | undefined;
  /** Goes on with the stack that waits for this one alone. */
  #waiter: (() => void) | undefined;

  /** Something has happened. The event is made when a guest asks for it, as what it says may change until then. */
  setPending(): void {
    this.#hasPending = true;
    this.notify();
    this.#set?.notify();
  }

  /** What has happened, as the guest gets it now. */
  protected abstract event(): Event;

  /** Something has happened that is no event. */
  protected notify(): void {
    this.#waiter?.();
  }

  get hasPending(): boolean {
    return this.#hasPending;
  }

  /** The event, which is no longer pending then; there must be one. */
  takePending(): Event {
    if (!this.#hasPending) throw new TypeError('nothing has happened to what is waited for');
    this.#hasPending = false;
    return this.event();
  }

  get isInSet(): boolean {
    return this.#set !== undefined;
  }

  get hasWaiter(): boolean {
    return this.#waiter !== undefined;
  }

  join(set: Group | undefined): void {
    this.#set?.delete(this);
    this.#set = set;
    set?.add(this);
  }

  /** Calls back once when something has happened. */
  whenPending(then: () => void): void {
    this.onNext(then);
    if (this.hasPending) this.#waiter?.();
  }

  /** Calls back once when something more happens. */
  protected onNext(then: () => void): void {
    this.#waiter = () => {
      this.#waiter = undefined;
      then();
    };
  }
}
