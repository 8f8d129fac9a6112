import type { Clock } from './clock.ts';

/** Node's timers take at most 2³¹−1 ms. */
const longestTimer = 0x7fffffff;

/** Calls back once, when so much time has passed by the host's clock, which a test may move or stop. */
export class Deadline {
  readonly #clock: Clock;
  readonly #at: bigint;
  readonly #over: () => void;
  readonly #ignore: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param nanoseconds from now */
  constructor(clock: Clock, nanoseconds: bigint, over: () => void) {
    this.#clock = clock;
    this.#at = clock.monotonic() + nanoseconds;
    this.#over = over;
    this.#ignore = clock.onChange(() => this.#wait());
    this.#wait();
  }

  /** It does not matter any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#ignore();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const left = this.#at - this.#clock.monotonic();
    if (left <= 0n) {
      this.clear();
      this.#timer = setTimeout(this.#over, 0);
    } else if (!this.#clock.isFrozen) {
      this.#timer = setTimeout(() => this.#wait(), Math.min(Number(left / 1_000_000n) + 1, longestTimer));
    }
  }
}
