const matched = 0;
const happened = 1;
const undecided = 2;

/** How often a fault could have happened and did: for all threads of a host, so that it holds when one replaces another. */
export class FaultCounts {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  /** @param buffer that of the counts to go on with; default: both are none */
  constructor(buffer = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  /** How often it happened. */
  get happened(): number {
    return Atomics.load(this.#cells, happened);
  }

  /** How often it could not be told whether it was to happen. */
  get undecided(): number {
    return Atomics.load(this.#cells, undecided);
  }

  /** It can't be told whether it is to happen. */
  doubt(): void {
    Atomics.add(this.#cells, undecided, 1);
  }

  /** One more operation matched; answers how many that makes. */
  match(): number {
    return Atomics.add(this.#cells, matched, 1) + 1;
  }

  /** It happens once more, unless it has happened so many times; answers whether it does. */
  happen(times: number): boolean {
    if (Atomics.add(this.#cells, happened, 1) < times) return true;
    Atomics.sub(this.#cells, happened, 1);
    return false;
  }
}
