/** Who is to be told of the end, and where it stands in the list. */
interface Waiter {
  readonly callback: (reason: Error) => void;
  index: number;
}

/** The life of one guest: whatever waits on behalf of it stops waiting when it ends. */
export class Lifetime {
  /** Not a `Set`, for the reason of `RequestTable`; a guest may wait for a hundred thousand timers at once, so none is looked for. */
  #waiting: Waiter[] = [];
  #ended: Error | undefined;

  /** Another guest begins. */
  begin(): void {
    this.#ended = undefined;
  }

  /** Calls back when the guest ends, at once if it has. The answer takes the callback back. */
  onEnd(callback: (reason: Error) => void): () => void {
    if (this.#ended !== undefined) {
      callback(this.#ended);
      return () => {};
    }
    const waiter = { callback, index: this.#waiting.length };
    this.#waiting.push(waiter);
    return () => this.#forget(waiter);
  }

  /** Waits for something that other guests wait for too, until this one ends. */
  whileItLasts(promise: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const forget = this.onEnd(reject);
      promise.then(() => {
        forget();
        resolve();
      }, reject);
    });
  }

  /** Ends the guest's waiting; what it waits for is rejected with the reason, which unwinds it. */
  end(reason: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { callback } of waiting) callback(reason);
  }

  #forget(waiter: Waiter): void {
    if (this.#waiting[waiter.index] !== waiter) return;
    const last = this.#waiting.pop();
    if (last === undefined || last === waiter) return;
    this.#waiting[waiter.index] = last;
    last.index = waiter.index;
  }
}
