import type { Lane } from './lane.ts';

/** A thread that does not answer a ping for this long is kept busy, in milliseconds. */
const longestSilence = 1000;
/** How often it looks, in milliseconds. */
const interval = 100;

/** While there are requests it looks for threads that are kept busy, and gives up requests that make no progress. */
export class Watchdog {
  readonly #lanes: ReadonlySet<Lane>;
  readonly #requestTimeout: number;
  readonly #onBusy: (lane: Lane) => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param requestTimeout milliseconds without progress after which a request is given up
   * @param onBusy told each time that a lane's thread is found to be kept busy
   */
  constructor(lanes: ReadonlySet<Lane>, requestTimeout: number, onBusy: (lane: Lane) => void) {
    this.#lanes = lanes;
    this.#requestTimeout = requestTimeout;
    this.#onBusy = onBusy;
  }

  /** There are requests: looks from now on, until there are none. */
  wake(): void {
    this.#timer ??= setInterval(() => this.#watch(), interval);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #watch(): void {
    const now = performance.now();
    let waiting = 0;
    for (const lane of this.#lanes) {
      waiting += lane.exchanges.size;
      this.#giveUpLate(lane);
      if (lane.exchanges.size === 0) lane.pinged = undefined;
      else if (lane.pinged === undefined) {
        lane.pinged = now;
        lane.thread.post({ type: 'ping' });
      } else if (now - lane.pinged > Math.min(longestSilence, this.#requestTimeout / 2)) this.#onBusy(lane);
    }
    if (waiting === 0) this.close();
  }

  #giveUpLate(lane: Lane): void {
    const { begun } = lane.thread.control;
    for (const [id, exchange] of lane.exchanges.entries()) {
      // A request that waits behind a busy component is moved, not given up.
      if (id > begun || exchange.isOver) continue;
      exchange.hasBegun();
      if (exchange.idle < this.#requestTimeout) continue;
      exchange.giveUp(504, `the component did not answer within ${this.#requestTimeout / 1000} s`);
    }
  }
}
