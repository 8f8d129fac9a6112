import { BlobError } from '../backend.ts';

/** How much all objects in memory may take, uploads that are under way included, in bytes. */
export const largestMemory = 1024 * 1024 * 1024;

/**
 * How much of the memory for objects is taken, which all threads of a host count together. What a thread has taken for uploads that are
 * under way is counted for itself too, so that it can be given back where the thread ends.
 */
export class MemoryRoom {
  readonly total: SharedArrayBuffer;
  readonly own: SharedArrayBuffer;
  readonly #total: BigInt64Array;
  readonly #own: BigInt64Array;

  constructor(total = new SharedArrayBuffer(8), own = new SharedArrayBuffer(8)) {
    this.total = total;
    this.own = own;
    this.#total = new BigInt64Array(total);
    this.#own = new BigInt64Array(own);
  }

  /** Throws a `BlobError` where there is not as much left. */
  take(bytes: number): void {
    const before = Number(Atomics.add(this.#total, 0, BigInt(bytes)));
    if (bytes <= 0 || before + bytes <= largestMemory) return;
    Atomics.sub(this.#total, 0, BigInt(bytes));
    throw new BlobError(
      'quota-exceeded',
      `objects in memory may take ${largestMemory} bytes in all; delete some, or keep blobs in files (dev.wasi_blobstore_path)`,
    );
  }

  give(bytes: number): void {
    Atomics.sub(this.#total, 0, BigInt(bytes));
  }

  /** The same for an upload that is under way. */
  takeForUpload(bytes: number): void {
    this.take(bytes);
    Atomics.add(this.#own, 0, BigInt(bytes));
  }

  /** An upload is given up. */
  giveOfUpload(bytes: number): void {
    this.give(bytes);
    this.settle(bytes);
  }

  /** What an upload has taken is an object's from now on. */
  settle(bytes: number): void {
    Atomics.sub(this.#own, 0, BigInt(bytes));
  }

  /** The thread has ended: what its uploads have taken is free. */
  release(): void {
    this.give(Number(Atomics.exchange(this.#own, 0, 0n)));
  }
}
