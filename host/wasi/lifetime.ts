/** The life of one guest: whatever waits on behalf of it stops waiting when it ends. */
export class Lifetime {
  readonly #waiting = new Set<(reason: Error) => void>();
  #ended: Error | undefined;

  /** Calls back when the guest ends, at once if it has. The answer takes the callback back. */
  onEnd(callback: (reason: Error) => void): () => void {
    if (this.#ended !== undefined) {
      callback(this.#ended);
      return () => {};
    }
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }

  /** Ends the guest's waiting; what it waits for is rejected with the reason, which unwinds it. */
  end(reason: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    for (const callback of this.#waiting) callback(reason);
    this.#waiting.clear();
  }
}
