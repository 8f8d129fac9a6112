/** Bytes of the records that may be under way. */
const capacity = 128 * 1024;
/** Of the memory before the records: each cell has a cache line of its own, because the threads write to different ones. */
const cellsLength = 192;
const writtenCell = 0;
const readCell = 16;
const asleepCell = 32;
/** Before each record: its length and its order. */
const prefix = 8;
/** In place of a length: the next record is at the beginning. */
const wrapped = -1;

/**
 * Records from one thread to another in shared memory. One thread writes, one reads; a record is seen when it is complete, and
 * those that are seen are never torn, not even by a thread that is ended while it writes.
 */
export class RingBuffer {
  readonly memory: SharedArrayBuffer;
  /** The records as 32-bit integers, doubles and bytes; where a record is, is an offset into `bytes`, and a multiple of 8. */
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly bytes: Buffer;
  readonly #cells: Int32Array;
  /** Where the next record goes, on the side that writes, or comes from, on the side that reads. */
  #at = 0;
  /** Where the record begins that is being written. */
  #begun = 0;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(cellsLength + capacity)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory, 0, cellsLength / 4);
    this.words = new Int32Array(memory, cellsLength);
    this.doubles = new Float64Array(memory, cellsLength);
    this.bytes = Buffer.from(memory, cellsLength);
  }

  /** Writer: where a record of up to `length` bytes may be written, or undefined when there is no room for it now. */
  reserve(length: number): number | undefined {
    const needed = prefix + ((length + 7) & ~7);
    const read = Atomics.load(this.#cells, readCell);
    const at = this.#at;
    // One that comes to where it is read would look like none.
    if (at < read) {
      if (at + needed >= read) return undefined;
      this.#begun = at;
    } else if (at + needed < capacity || (at + needed === capacity && read > 0)) {
      this.#begun = at;
    } else {
      if (needed >= read) return undefined;
      this.words[at >> 2] = wrapped;
      this.#begun = 0;
    }
    return this.#begun + prefix;
  }

  /** Writer: what was reserved last is complete; it ends at `end`, an offset into `bytes`. */
  commit(end: number, order: number): void {
    const begun = this.#begun;
    const next = (end + 7) & ~7;
    this.words[begun >> 2] = next - begun;
    this.words[(begun >> 2) + 1] = order;
    this.#at = next === capacity ? 0 : next;
    Atomics.store(this.#cells, writtenCell, this.#at);
  }

  /** Writer: whether the reader has read all that was committed. */
  get isRead(): boolean {
    return Atomics.load(this.#cells, readCell) === this.#at;
  }

  /** Writer: whether the reader has to be woken to see what was committed. Answers so once. */
  mustWake(): boolean {
    return Atomics.load(this.#cells, asleepCell) === 1 && Atomics.exchange(this.#cells, asleepCell, 0) === 1;
  }

  /** Reader: the order of the next record, or undefined when there is none. */
  get nextOrder(): number | undefined {
    const written = Atomics.load(this.#cells, writtenCell);
    if (written === this.#at) return undefined;
    if (this.words[this.#at >> 2] === wrapped) this.#at = 0;
    return this.words[(this.#at >> 2) + 1];
  }

  /** Reader: where the next record is. */
  get next(): number {
    return this.#at + prefix;
  }

  /** Reader: the next record has been read, and its memory may be written again. */
  release(): void {
    const next = this.#at + (this.words[this.#at >> 2] as number);
    this.#at = next === capacity ? 0 : next;
    Atomics.store(this.#cells, readCell, this.#at);
  }

  /** Reader: nobody looks for records from now on, unless there is one. Answers false in that case. */
  sleep(): boolean {
    Atomics.store(this.#cells, asleepCell, 1);
    if (Atomics.load(this.#cells, writtenCell) === this.#at) return true;
    this.wake();
    return false;
  }

  /** Reader: will look for records before it sleeps. */
  wake(): void {
    Atomics.store(this.#cells, asleepCell, 0);
  }
}
