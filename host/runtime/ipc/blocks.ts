/** Bytes of a block. */
export const blockSize = 64 * 1024;
/** So many are under way at most. The first free one is taken, so that memory which was never needed is never touched. */
const count = 128;
const flagsLength = count * 4;
const free = 0;
const taken = 1;

/** What lies in a block: where, as an offset into the bytes of all blocks, and how much. */
export interface Part {
  readonly at: number;
  readonly length: number;
}

/**
 * Blocks of shared memory for bytes that are too long for records. One thread takes blocks and fills them, and tells the other by a
 * record; that one uses the bytes where they are, and frees the block.
 */
export class Blocks {
  readonly memory: SharedArrayBuffer;
  readonly bytes: Buffer;
  readonly #flags: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(flagsLength + count * blockSize)) {
    this.memory = memory;
    this.#flags = new Int32Array(memory, 0, count);
    this.bytes = Buffer.from(memory, flagsLength);
  }

  /** Writer: where a block begins that it may fill; undefined where all are taken. */
  take(): number | undefined {
    for (let index = 0; index < count; index += 1) {
      if (Atomics.load(this.#flags, index) !== free) continue;
      Atomics.store(this.#flags, index, taken);
      return index * blockSize;
    }
    return undefined;
  }

  /** The block that begins there is not used any more: by the reader, or by a writer that has told of it nobody. */
  free(at: number): void {
    Atomics.store(this.#flags, at / blockSize, free);
  }

  /** Writer: copies bytes to an offset. */
  put(bytes: Uint8Array, at: number): void {
    // Into shared memory `set` copies word by word, which takes three times as long.
    Buffer.prototype.copy.call(bytes, this.bytes, at);
  }

  /** Reader: the bytes of a part, until they are given back. */
  lend(part: Part): Lent {
    return new Lent(this, part);
  }
}

/** Bytes in a block, which are to be given back once they are not used any more. */
export class Lent {
  /** Somebody will give them back later. */
  isHeld = false;
  readonly bytes: Uint8Array;
  readonly #at: number;
  #blocks: Blocks | undefined;

  constructor(blocks: Blocks, { at, length }: Part) {
    this.#blocks = blocks;
    this.#at = at;
    const { buffer, byteOffset } = blocks.bytes;
    this.bytes = new Uint8Array(buffer, byteOffset + at, length);
  }

  /** May be called more than once. */
  giveBack(): void {
    this.#blocks?.free(this.#at);
    this.#blocks = undefined;
  }
}
