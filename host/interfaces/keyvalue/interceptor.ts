import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { KeyPage, Bucket as StoreBucket } from './backends/backend.ts';
import type { OperationName } from './operation-name.ts';

/** A keyvalue operation of a guest, before it is made. */
export interface KeyvalueCall {
  /** The request that the guest serves, as its thread counts them. */
  readonly request: number;
  readonly op: OperationName;
  /** The identifier. */
  readonly bucket: string;
  /** Those of the operation; none for `open` and `list-keys`. */
  readonly keys: readonly string[];
  /** What `set` and `swap` write, or what `increment` adds. */
  readonly written: Uint8Array | bigint | undefined;
  /** Absent for `open`. */
  readonly store: StoreBucket | undefined;
}

/** Makes an operation. @param pageSize how many keys a listing answers at most; default: as many as the store does */
export type Action<T> = (pageSize?: number) => MaybePromise<T>;

/** Stands between guests and stores, where a test wants that. */
export interface KeyvalueInterceptor {
  /** False while every operation may go its way at once. */
  readonly isActive: boolean;
  /**
   * Makes the operation, or does what is to happen in its place. Throws, or rejects with, a `StoreError` that the guest is to
   * get.
   */
  make<T>(call: KeyvalueCall, action: Action<T>): Promise<T>;
  /** The page of a bucket's keys at a cursor. @param pageSize undefined: as large as the store's */
  page(
    store: StoreBucket,
    cursor: string | undefined,
    pageSize: number | undefined,
    prefix?: string,
  ): MaybePromise<KeyPage>;
}
