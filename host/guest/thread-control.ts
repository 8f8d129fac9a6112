const started = 0;
const revokedFrom = 1;
const none = 0x7fffffff;

/**
 * What the front and a guest thread share in memory: which requests the thread has begun. The front can take
 * back the ones behind a request that never ends, and both sides agree on which those are.
 */
export class ThreadControl {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(8);
    this.#cells = new Int32Array(this.buffer);
    if (buffer === undefined) Atomics.store(this.#cells, revokedFrom, none);
  }

  /** Guest side: announces a request. Answers false when it was taken back and must not be begun. */
  begin(id: number): boolean {
    Atomics.store(this.#cells, started, id);
    return id < Atomics.load(this.#cells, revokedFrom);
  }

  /**
   * Front side: takes back every request that has not been begun. Answers the highest id that may have been;
   * the thread answers `skipped` for that one if it saw the revocation first.
   */
  revoke(): number {
    const seen = Atomics.load(this.#cells, started);
    Atomics.store(this.#cells, revokedFrom, seen + 1);
    return Atomics.load(this.#cells, started);
  }
}
