/** How long a thread may take to begin what it has been given, in milliseconds. */
const ahead = 20;
const fewest = 16;
const most = 1024;
/** How many requests a thread is given ahead before anything is known of it. */
const first = 64;
/** How much a new measurement counts. */
const weight = 0.3;

/**
 * How fast a thread begins requests, and so how many it is given ahead: enough that it never waits for the main thread, and no more than it
 * begins soon, because what waits in the main thread can still be given to another thread, or be refused.
 */
export class Pace {
  #each: number | undefined;
  #since = 0;
  #begun = 0;

  /** How many requests may be with the thread that it has not begun. */
  get window(): number {
    if (this.#each === undefined) return first;
    return Math.min(most, Math.max(fewest, Math.round(ahead / this.#each)));
  }

  /** From now on there are requests that wait. @param begun how many the thread has begun */
  start(now: number, begun: number): void {
    this.#since = now;
    this.#begun = begun;
  }

  /** Requests have been waiting since the last call, or since `start`. */
  measure(now: number, begun: number): void {
    const count = begun - this.#begun;
    const passed = now - this.#since;
    // Too short to tell.
    if (passed < 1 || (count < 4 && passed < ahead)) return;
    const each = passed / Math.max(1, count);
    this.#each = this.#each === undefined ? each : this.#each + weight * (each - this.#each);
    this.start(now, begun);
  }
}
