import type { QueueLimits } from '../limits.ts';
import type { Invocation } from './invocation.ts';

/** So many may wait however long that takes: a burst of clients that are patient. */
const fewEnough = 64;

/**
 * The requests that wait until a thread comes to them, bounded in length and in age. What can't be served in time is refused early,
 * because a client that is told so can try again, while one that waits until it gives up makes all others wait too.
 */
export class RequestQueue {
  readonly #limits: QueueLimits;
  /** The oldest first. */
  readonly #waiting: Invocation[] = [];
  /** There were more than a few since the queue was last empty. */
  #isOverloaded = false;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes a request, or refuses it: where there are too many, or the queue does not get shorter. */
  add(invocation: Invocation): void {
    const { queuedRequests, queueWait } = this.#limits;
    if (this.#waiting.length >= fewEnough) this.#isOverloaded = true;
    this.#dropLate();
    const { length } = this.#waiting;
    const isStanding = this.#isOverloaded && (this.#waiting[0]?.age ?? 0) > queueWait / 2;
    if (length < queuedRequests && !isStanding) this.#waiting.push(invocation);
    else refuse(invocation, length);
  }

  /** The next request. */
  take(): Invocation | undefined {
    this.#dropLate();
    const next = this.#waiting.shift();
    if (this.isEmpty) this.#isOverloaded = false;
    return next;
  }

  /** Refuses those that have made no progress for too long. @param longest milliseconds */
  expire(longest: number): void {
    this.#dropLate();
    while ((this.#waiting[0]?.idle ?? 0) >= longest) {
      const reason = `the component did not come to this request within ${longest / 1000} s; try again`;
      this.#waiting.shift()?.refuse(reason);
    }
  }

  /** Takes all of them. */
  clear(): Invocation[] {
    return this.#waiting.splice(0);
  }

  /** Refuses the oldest ones that have waited for too long, and forgets those that nobody waits for. */
  #dropLate(): void {
    const { length } = this.#waiting;
    let dropped = 0;
    for (const invocation of this.#waiting) {
      const isLate = this.#isOverloaded && invocation.age > this.#limits.queueWait;
      if (!invocation.isOver && !isLate) break;
      dropped += 1;
    }
    if (dropped === 0) return;
    for (const invocation of this.#waiting.splice(0, dropped)) {
      if (invocation.isOver) invocation.orphan();
      else refuse(invocation, length);
    }
  }
}

function refuse(invocation: Invocation, waiting: number): void {
  invocation.refuse(`the component is busy, and ${waiting} requests wait for it already; try again`);
}
