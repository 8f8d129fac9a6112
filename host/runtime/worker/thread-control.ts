const started = 0;
const revokedFrom = 1;
const fenced = 2;
const busy = 3;
const applied = 4;
const thread = 5;
const pages = 6;
const cells = 7;
/** A call on an in-memory bucket takes microseconds; listing a million keys for the first time, a second. */
const longestCall = 5000;
const none = 0x7fffffff;

/**
 * What the main thread and a worker share in memory: which requests the thread has begun, and whether the
 * in-memory buckets are still its own. The main thread can take back the requests behind one that never ends, and
 * the buckets, and both sides agree on what was taken.
 */
export class ThreadControl {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(4 * cells);
    this.#cells = new Int32Array(this.buffer);
    if (buffer !== undefined) return;
    Atomics.store(this.#cells, revokedFrom, none);
    Atomics.store(this.#cells, fenced, 1);
  }

  /** Worker: tells the thread's number in the system. */
  announce(systemId: number): void {
    Atomics.store(this.#cells, thread, systemId);
  }

  /** The thread's number in the system; 0 where that is not known. */
  get systemId(): number {
    return Atomics.load(this.#cells, thread);
  }

  /** Pages of memory that the instances of the thread have; written by the guest side. */
  get memoryPages(): number {
    return Atomics.load(this.#cells, pages);
  }

  set memoryPages(count: number) {
    Atomics.store(this.#cells, pages, count);
  }

  /** Worker: announces a request. Answers false when it was taken back and must not be begun. */
  begin(id: number): boolean {
    Atomics.store(this.#cells, started, id);
    return id < Atomics.load(this.#cells, revokedFrom);
  }

  /** Main thread: the highest id that the thread has begun. */
  get begun(): number {
    return Atomics.load(this.#cells, started);
  }

  /**
   * Main thread: takes back every request that has not been begun. Answers the highest id that may have been;
   * the thread answers `skipped` for that one if it saw the revocation first.
   */
  revoke(): number {
    Atomics.store(this.#cells, revokedFrom, this.begun + 1);
    return this.begun;
  }

  /** Main thread: another change of the in-memory buckets has been noted. */
  noteChange(): void {
    Atomics.add(this.#cells, applied, 1);
  }

  /** How many of the changes that the thread told have been noted, in 32 bits. */
  get changesNoted(): number {
    return Atomics.load(this.#cells, applied);
  }

  /** Worker: true when the thread may use its buckets now; `leave` must follow, without waiting. */
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

  /** Main thread: the buckets are the thread's, once it has them. */
  grant(): void {
    Atomics.store(this.#cells, fenced, 0);
  }

  /** Main thread: takes the buckets from the thread; what it was just doing with them is done when this returns. */
  fence(): void {
    Atomics.store(this.#cells, fenced, 1);
    Atomics.wait(this.#cells, busy, 1, longestCall);
  }
}
