import type { Event } from './event.ts';
import type { Waitable } from './waitable.ts';

/** Waitables that a guest waits for together. Source: `CanonicalABI.md`, "Waitable State". */
export class WaitableSet {
  readonly #members = new Set<Waitable>();
  readonly #waiters = new Set<() => void>();

  add(member: Waitable): void {
    this.#members.add(member);
    if (member.hasPending) this.notify();
  }

  delete(member: Waitable): void {
    this.#members.delete(member);
  }

  /** Something has happened to a member. */
  notify(): void {
    for (const waiter of this.#waiters) waiter();
  }

  get hasPending(): boolean {
    for (const member of this.#members) if (member.hasPending) return true;
    return false;
  }

  /** The event of the member that has waited longest for its turn; undefined where nothing has happened. */
  take(): Event | undefined {
    for (const member of this.#members) {
      if (!member.hasPending) continue;
      // The others come first the next time, so that none is starved.
      this.#members.delete(member);
      this.#members.add(member);
      return member.takePending();
    }
    return undefined;
  }

  /** Calls `waiter` whenever something happens, until it is removed. */
  watch(waiter: () => void): void {
    this.#waiters.add(waiter);
  }

  unwatch(waiter: () => void): void {
    this.#waiters.delete(waiter);
  }

  /** Whether it may be dropped. */
  get isUnused(): boolean {
    return this.#members.size === 0 && this.#waiters.size === 0;
  }
}
