/** A condition that several waiters may wait for, again and again; waiting allocates, notifying doesn't. */
export class Signal {
  #waiting: PromiseWithResolvers<void> | undefined;
  #failure: Error | undefined;

  /** Resolves at the next `notify`; rejects once the signal has failed. */
  wait(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  notify(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve();
  }

  /** Rejects every waiter from now on: the guest that waits is unwound by a trap. */
  fail(reason: Error): void {
    this.#failure = reason;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.promise.catch(() => {});
    waiting?.reject(reason);
  }
}
