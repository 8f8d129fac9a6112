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
   * Takes a request, or refuses it at once: a client that is told early can try elsewhere, or again.
   *
   * @param millisecondsEach how long the component has taken for each lately
   */
  add(exchange: Exchange, millisecondsEach: number): void {
    if (this.#waiting.length >= this.#limits.queuedRequests) this.#waiting = this.#waiting.filter(isWanted);
    const { length } = this.#waiting;
    const { queuedRequests, queueWait } = this.#limits;
    const isLong = length >= alwaysQueued && length * millisecondsEach > queueWait;
    if (length < queuedRequests && !isLong) this.#waiting.push(exchange);
    else exchange.refuse(`the component is busy, and ${length} requests wait for it already; try again`);
  }

  /**
   * The next request that somebody still waits for: the oldest one, or the newest while the oldest has waited for long. A queue that
   * does not get shorter would otherwise make every client wait until it gives up.
   */
  take(): Exchange | undefined {
    for (;;) {
      const [oldest] = this.#waiting;
      if (oldest === undefined) return undefined;
      const isLate = oldest.age > this.#limits.queueWait;
      const next = isLate ? this.#waiting.pop() : this.#waiting.shift();
      if (next === undefined || isWanted(next)) return next;
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

function isWanted(exchange: Exchange): boolean {
  return !exchange.isOver;
}
