import type { KeyPage, MaybePromise, Bucket as StoreBucket } from '../../backends/backend.ts';

/** An operation of a guest, before it is made. */
export interface Call {
  /** The request that the guest serves, as its thread counts them. */
  readonly request: number;
  readonly op: string;
  /** The identifier. */
  readonly bucket: string;
  /** Absent where the operation has no single key. */
  readonly key: string | undefined;
  /** Absent for `open`. */
  readonly store: StoreBucket | undefined;
}

/** Stands between guests and stores, where a test wants that. */
export interface Interceptor {
  /** False while every operation may go its way at once. */
  readonly isActive: boolean;
  /**
   * Makes the operation, or does what is to happen in its place. Throws, or rejects with, a `StoreError` that the guest is to
   * get.
   */
  make<T>(call: Call, action: () => MaybePromise<T>): Promise<T>;
  /** The page of a bucket's keys at a cursor. */
  page(bucket: string, store: StoreBucket, cursor: string | undefined): MaybePromise<KeyPage>;
}
