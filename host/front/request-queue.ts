import type { Limits } from '../config/limits.ts';
import type { Exchange } from './exchange.ts';

/** So many may wait however long that takes: a burst of clients that are patient. */
const alwaysQueued = 64;

/** The requests that wait until a thread comes to them. */
export class RequestQueue {
  readonly #limits: Pick<Limits, 'queuedRequests' | 'queueWait'>;
  /** The oldest first. */
  #waiting: Exchange[] = [];

  constructor(limits: Pick<Limits, 'queuedRequests' | 'queueWait'>) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Takes a request, or refuses it at once while the oldest one has waited for long: a client that is told early can try elsewhere, or
   * again, and whoever is taken is answered in time.
   */
  add(exchange: Exchange): void {
    const { queuedRequests } = this.#limits;
    if (this.#waiting.length >= Math.min(alwaysQueued, queuedRequests)) {
      if (this.#waiting.length >= queuedRequests || this.#isLate) this.#forget();
      const { length } = this.#waiting;
      if (length >= queuedRequests || (length >= alwaysQueued && this.#isLate)) {
        exchange.refuse(`the component is busy, and ${length} requests wait for it already; try again`);
        return;
      }
    }
    this.#waiting.push(exchange);
  }

  get #isLate(): boolean {
    const [oldest] = this.#waiting;
    return oldest !== undefined && oldest.age > this.#limits.queueWait;
  }

  /** Drops the oldest ones whose clients have gone. */
  #forget(): void {
    let gone = 0;
    while (this.#waiting[gone]?.isOver) gone += 1;
    for (const exchange of this.#waiting.splice(0, gone)) exchange.orphan();
  }

  /**
   * The next request that somebody still waits for: the oldest one, or the newest while the oldest has waited for long. A queue that
   * does not get shorter would otherwise make every client wait until it gives up.
   */
  take(): Exchange | undefined {
    for (;;) {
      const next = this.#isLate ? this.#waiting.pop() : this.#waiting.shift();
      if (next === undefined || !next.isOver) return next;
      next.orphan();
    }
  }

  /** Refuses those that have waited for too long. @param longest milliseconds */
  expire(longest: number): void {
    const late = this.#waiting.filter((exchange) => exchange.idle >= longest);
    if (late.length === 0) return;
    this.#waiting = this.#waiting.filter((exchange) => !late.includes(exchange));
    for (const exchange of late)
      exchange.refuse(`the component did not come to this request within ${longest / 1000} s; try again`);
  }

  /** Takes all of them. */
  clear(): Exchange[] {
    return this.#waiting.splice(0);
  }
}
