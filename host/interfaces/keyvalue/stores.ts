import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { Bucket } from './backends/backend.ts';

/** Resolves the identifier that a guest passes to `open`. */
export interface Stores {
  /** Throws a `StoreError`: `no-such-store`, `access-denied`, or `other` when the store is away. */
  open(identifier: string): MaybePromise<Bucket>;
}
