/** The life of one guest: whatever waits on behalf of it stops waiting when it ends. */
export class Lifetime {
  /** Not a `Set`, for the reason of `RequestTable`: there are few, and one for each call that waits. */
  #waiting: ((reason: Error) => void)[] = [];
  #ended: Error | undefined;

  /** Calls back when the guest ends, at once if it has. The answer takes the callback back. */
  onEnd(callback: (reason: Error) => void): () => void {
    if (this.#ended !== undefined) {
      callback(this.#ended);
      return () => {};
    }
    this.#waiting.push(callback);
    return () => this.#forget(callback);
  }

  /** Ends the guest's waiting; what it waits for is rejected with the reason, which unwinds it. */
  end(reason: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback(reason);
  }

  #forget(callback: (reason: Error) => void): void {
    const index = this.#waiting.indexOf(callback);
    if (index !== -1) this.#waiting.splice(index, 1);
  }
}
