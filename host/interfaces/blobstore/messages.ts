import type { BlobErrorCase } from './backends/backend.ts';
import type { MemoryMethod } from './backends/memory/memory-backend.ts';

/** A call on the blobs in memory, from a worker to the main thread. */
export interface MemoryCall {
  readonly call: number;
  readonly method: MemoryMethod;
  readonly args: readonly unknown[];
}

/** What came of it. */
export interface MemoryAnswer {
  readonly call: number;
  readonly value?: unknown;
  /** Why it failed. */
  readonly error?: { readonly case: BlobErrorCase; readonly message: string };
}

/** What a worker shares with the main thread from its start; see `MemoryRoom`. */
export interface SharedBlobs {
  readonly total: SharedArrayBuffer;
  readonly own: SharedArrayBuffer;
}
