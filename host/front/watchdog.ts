import type { Lane } from './lane.ts';

/** A thread that shows no progress for this long is kept busy, in milliseconds. */
const longestSilence = 700;
/** The same while one was found to be busy a moment ago: more may come that keep their threads busy. */
const suspiciousSilence = 250;
/** How often it looks, in milliseconds. */
const interval = 100;

/** What the watchdog wants done. */
export interface WatchdogEvents {
  /** A lane's thread is kept busy; told each time that it is looked at. */
  busy(lane: Lane): void;
  /** Whether a thread was found to be kept busy a moment ago. */
  isSuspicious(): boolean;
  /** Called each time that it looks. */
  looked(): void;
}

/** While there are requests it looks for threads that are kept busy, and gives up requests that make no progress. */
export class Watchdog {
  readonly #lanes: ReadonlySet<Lane>;
  readonly #requestTimeout: number;
  readonly #events: WatchdogEvents;
  #timer: NodeJS.Timeout | undefined;

  /** @param requestTimeout milliseconds without progress after which a request is given up */
  constructor(lanes: ReadonlySet<Lane>, requestTimeout: number, events: WatchdogEvents) {
    this.#lanes = lanes;
    this.#requestTimeout = requestTimeout;
    this.#events = events;
  }

  /** There are requests: looks from now on, until there are none. */
  wake(): void {
    this.#timer ??= setInterval(() => this.#watch(), interval).unref();
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
      // One that is being prepared is not judged.
      if (lane.isReady && lane.exchanges.size > 0) this.#judge(lane, now);
      else lane.isPinged = false;
    }
    this.#events.looked();
    if (waiting === 0) this.close();
  }

  /** A thread goes on when it answers, and when it begins requests: many that take long are no endless one. */
  #judge(lane: Lane, now: number): void {
    const { begun } = lane.thread.control;
    if (!lane.isPinged) {
      lane.isPinged = true;
      lane.thread.post({ type: 'ping' });
    } else if (lane.seenBegun === begun) {
      if (now - lane.seen > this.#patience) this.#events.busy(lane);
      return;
    }
    lane.seen = now;
    lane.seenBegun = begun;
  }

  get #patience(): number {
    const silence = this.#events.isSuspicious() ? suspiciousSilence : longestSilence;
    return Math.min(silence, this.#requestTimeout / 2);
  }

  #giveUpLate(lane: Lane): void {
    for (const [, exchange] of lane.exchanges.entries()) {
      if (exchange.idle >= this.#requestTimeout) exchange.late(this.#requestTimeout);
    }
  }
}
