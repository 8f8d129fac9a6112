/** How long it is remembered that a thread was kept busy, in milliseconds. */
const memory = 10_000;

/** Remembers for a while that a thread was kept busy: more requests may come that keep their threads busy. */
export class Suspicion {
  readonly #over: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param over called when there was none for a while */
  constructor(over: () => void) {
    this.#over = over;
  }

  get isActive(): boolean {
    return this.#timer !== undefined;
  }

  /** A thread is kept busy. */
  note(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#over();
    }, memory).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
