import type { PooledWorker } from './pooled-worker.ts';

/** A thread that shows no progress for this long is kept busy, in milliseconds. */
const longestSilence = 700;
/** The same while one was found to be busy a moment ago: more may come that keep their threads busy. */
const suspiciousSilence = 250;
/** How often it looks, in milliseconds. */
const interval = 100;

/** What the watchdog wants done. */
export interface WatchdogEvents {
  /** A worker's thread is kept busy; told each time that it is looked at. */
  busy(worker: PooledWorker): void;
  /** Whether a thread was found to be kept busy a moment ago. */
  isSuspicious(): boolean;
  /** Called each time that it looks. */
  looked(): void;
}

/** While there are requests it looks for threads that are kept busy, and gives up requests that make no progress. */
export class Watchdog {
  readonly #workers: ReadonlySet<PooledWorker>;
  readonly #requestTimeout: number;
  readonly #events: WatchdogEvents;
  #timer: NodeJS.Timeout | undefined;

  /** @param requestTimeout milliseconds without progress after which a request is given up */
  constructor(workers: ReadonlySet<PooledWorker>, requestTimeout: number, events: WatchdogEvents) {
    this.#workers = workers;
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
    for (const worker of this.#workers) {
      waiting += worker.invocations.size;
      this.#giveUpLate(worker);
      // One that is being prepared is not judged.
      if (worker.isReady && worker.invocations.size > 0) this.#judge(worker, now);
      else worker.isPinged = false;
    }
    this.#events.looked();
    if (waiting === 0) this.close();
  }

  /** A thread goes on when it answers, and when it begins requests: many that take long are no endless one. */
  #judge(worker: PooledWorker, now: number): void {
    const { begun } = worker.thread.control;
    if (!worker.isPinged) {
      worker.isPinged = true;
      worker.thread.post({ type: 'ping' });
    } else if (worker.seenBegun === begun) {
      if (now - worker.seen > this.#patience) this.#events.busy(worker);
      return;
    }
    worker.seen = now;
    worker.seenBegun = begun;
  }

  get #patience(): number {
    const silence = this.#events.isSuspicious() ? suspiciousSilence : longestSilence;
    return Math.min(silence, this.#requestTimeout / 2);
  }

  #giveUpLate(worker: PooledWorker): void {
    for (const [, invocation] of worker.invocations.entries()) {
      if (invocation.idle >= this.#requestTimeout) invocation.late(this.#requestTimeout);
    }
  }
}
