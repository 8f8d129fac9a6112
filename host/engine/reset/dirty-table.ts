import { partSize } from './dirty-pages.ts';

/** Which parts of a memory the code of one module has written: a byte for each in a memory of its own. */
export class DirtyTable {
  readonly bytes: Uint8Array;
  /** Four parts at a time, as most were not written. */
  readonly #words: Int32Array;

  constructor({ buffer }: WebAssembly.Memory) {
    this.bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
  }

  /** Nothing was written. @param end of the memory, in bytes */
  clear(end: number): void {
    this.#words.fill(0, 0, wordsOf(end));
  }

  /**
   * Calls back with each run of parts that were written, and notes that none was.
   *
   * @param end of the memory, in bytes
   */
  take(end: number, restore: (start: number, end: number) => void): void {
    const words = this.#words;
    const last = wordsOf(end);
    /** The part with which a run begins; -1 where there is none. */
    let from = -1;
    for (let word = 0; word < last; word += 1) {
      const written = words[word];
      if (written === 0) {
        if (from >= 0) restore(from * partSize, 4 * word * partSize);
        from = -1;
        continue;
      }
      words[word] = 0;
      for (let part = 0; part < 4; part += 1) {
        const isWritten = ((written as number) & (1 << (part << 3))) !== 0;
        const at = 4 * word + part;
        if (isWritten && from < 0) from = at;
        if (isWritten || from < 0) continue;
        restore(from * partSize, at * partSize);
        from = -1;
      }
    }
    if (from >= 0) restore(from * partSize, end);
  }
}

/** How many words have the parts of a memory that is so long. */
function wordsOf(end: number): number {
  return Math.ceil(end / (4 * partSize));
}
