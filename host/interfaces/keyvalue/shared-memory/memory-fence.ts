const fenced = 0;
const busy = 1;
const noted = 2;
const cells = 3;
/** A call on an in-memory bucket takes microseconds; listing a million keys for the first time, a second. */
const longestCall = 5000;

/** Says in shared memory whether the in-memory buckets are a worker's own. The main thread can take them, and both sides agree on when. */
export class MemoryFence {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(4 * cells);
    this.#cells = new Int32Array(this.buffer);
    if (buffer === undefined) Atomics.store(this.#cells, fenced, 1);
  }

  /** Main thread: another change of the buckets has been noted. */
  noteChange(): void {
    Atomics.add(this.#cells, noted, 1);
  }

  /** How many of the changes that the worker told have been noted, in 32 bits. */
  get changesNoted(): number {
    return Atomics.load(this.#cells, noted);
  }

  /** Worker: true when it may use its buckets now; `leave` must follow, without waiting. */
  enter(): boolean {
    Atomics.store(this.#cells, busy, 1);
    if (Atomics.load(this.#cells, fenced) === 0) return true;
    this.leave();
    return false;
  }

  leave(): void {
    Atomics.store(this.#cells, busy, 0);
    // Nobody waits before the buckets are taken.
    if (Atomics.load(this.#cells, fenced) !== 0) Atomics.notify(this.#cells, busy);
  }

  /** Main thread: the buckets are the worker's, once it has them. */
  grant(): void {
    Atomics.store(this.#cells, fenced, 0);
  }

  /** Main thread: takes the buckets from the worker; what it was just doing with them is done when this returns. */
  revoke(): void {
    Atomics.store(this.#cells, fenced, 1);
    Atomics.wait(this.#cells, busy, 1, longestCall);
  }
}
