const started = 0;
const revokedFrom = 1;
const thread = 2;
const pages = 3;
const cells = 4;
const none = 0x7fffffff;

/**
 * What the main thread and a worker share in memory: which requests the thread has begun, and how much memory it has. The main thread
 * can take back the requests behind one that never ends, and both sides agree on which.
 */
export class ThreadControl {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(4 * cells);
    this.#cells = new Int32Array(this.buffer);
    if (buffer === undefined) Atomics.store(this.#cells, revokedFrom, none);
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
}
