/** Takes messages one after the other, also where the guest that one of them starts begins only in a microtask. */
export class Inbox<T> {
  /** Answers whether something begins in a microtask that has to come before the next message. */
  readonly #receive: (message: T) => boolean;
  readonly #batches: (readonly T[])[] = [];
  /** How many messages of the first batch were taken. */
  #taken = 0;
  #isPaused = false;

  constructor(receive: (message: T) => boolean) {
    this.#receive = receive;
  }

  add(batch: readonly T[]): void {
    this.#batches.push(batch);
    if (!this.#isPaused) this.#take();
  }

  readonly #goOn = (): void => {
    this.#isPaused = false;
    this.#take();
  };

  #take(): void {
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      while (this.#taken < batch.length) {
        const message = batch[this.#taken] as T;
        this.#taken += 1;
        if (!this.#receive(message)) continue;
        this.#isPaused = true;
        queueMicrotask(this.#goOn);
        return;
      }
      this.#batches.shift();
      this.#taken = 0;
    }
  }
}
