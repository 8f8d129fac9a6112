import type { Event } from './event.ts';
import type { Waitable } from './waitable.ts';

/** Who waits for a set. */
export interface SetWaiter {
  /** Something has happened to a member. */
  notify(): void;
}

/** Waitables that a guest waits for together. Source: `CanonicalABI.md`, "Waitable State". */
export class WaitableSet {
  /** The one that has waited longest for its turn comes first. Lists, as most sets are small and short-lived. */
  readonly #members: Waitable[] = [];
  readonly #waiters: SetWaiter[] = [];

  add(member: Waitable): void {
    this.#members.push(member);
    if (member.hasPending) this.notify();
  }

  delete(member: Waitable): void {
    remove(this.#members, member);
  }

  /** Something has happened to a member. */
  notify(): void {
    const waiters = this.#waiters;
    if (waiters.length === 1) waiters[0]?.notify();
    // One may go when it hears of it.
    else if (waiters.length > 1) for (const waiter of [...waiters]) waiter.notify();
  }

  get hasPending(): boolean {
    for (const member of this.#members) if (member.hasPending) return true;
    return false;
  }

  /** The event of the member that has waited longest for its turn; undefined where nothing has happened. */
  take(): Event | undefined {
    const members = this.#members;
    for (let index = 0; index < members.length; index += 1) {
      const member = members[index];
      if (member?.hasPending !== true) continue;
      // The others come first the next time, so that none is starved.
      if (members.length > 1) {
        members.splice(index, 1);
        members.push(member);
      }
      return member.takePending();
    }
    return undefined;
  }

  /** Tells `waiter` whenever something happens, until it is removed. */
  watch(waiter: SetWaiter): void {
    this.#waiters.push(waiter);
  }

  unwatch(waiter: SetWaiter): void {
    remove(this.#waiters, waiter);
  }

  /** Whether it may be dropped. */
  get isUnused(): boolean {
    return this.#members.length === 0 && this.#waiters.length === 0;
  }
}

function remove<T>(list: T[], item: T): void {
  if (list.at(-1) === item) {
    list.pop();
    return;
  }
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
