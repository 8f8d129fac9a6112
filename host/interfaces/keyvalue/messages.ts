import type { BucketSettings, StoreErrorCase } from './backends/backend.ts';
import type { MemoryChange } from './backends/memory/in-memory-bucket.ts';
import type { Position } from './cursor-table.ts';

/** Main thread to worker. */
export type ToWorker =
  /** Positions of listings that other threads gave numbers to. */
  | { type: 'positions'; positions: readonly Position[] }
  /** A part of what the in-memory buckets hold, which the main thread still has. Answers `memoryTaken`. */
  | { type: 'memoryPart'; entries: readonly MemoryChange[] }
  /** A change that the main thread made to what it has told. */
  | { type: 'memoryChange'; change: MemoryChange }
  /** All of it has been told: the buckets are this thread's from now on, unless they have been taken again. */
  | { type: 'memoryYours' }
  /** A call of the main thread, or of another thread, on a bucket that is this thread's now. */
  | MemoryCall
  /** The answer to a call of this thread. */
  | MemoryAnswer;

/** Worker to main thread. */
export type FromWorker =
  /** A listing got a number here; a client may bring it to another thread. */
  | { type: 'position'; position: Position }
  /** The thread has taken a part of the in-memory buckets over. */
  | { type: 'memoryTaken' }
  | MemoryCall
  | MemoryAnswer;

/** A call on an in-memory bucket by the main thread, or by a thread that had to give its buckets up. */
export interface MemoryCall {
  readonly type: 'memoryCall';
  readonly call: number;
  readonly bucket: string;
  readonly settings: BucketSettings;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface MemoryAnswer {
  readonly type: 'memoryAnswer';
  readonly call: number;
  readonly value?: unknown;
  /** Nothing was done: the bucket has gone on to another thread. */
  readonly moved?: true;
  /** Why the call failed. */
  readonly error?: { readonly case: StoreErrorCase; readonly message: string };
}
