import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { Bucket as StoreBucket, StoreError } from './backends/backend.ts';
import { deleteMany, exists, setMany } from './backends/bucket-defaults.ts';
import {
  found,
  type GuestError,
  type KeyvalueContext,
  operations,
  type Pair,
  perform,
  type Subject,
} from './perform.ts';

/** A bucket as guests have it, whichever interface it was opened through: what is the same in all of them. */
export abstract class GuestBucket implements Subject {
  readonly identifier: string;
  readonly store: StoreBucket;
  readonly context: KeyvalueContext;

  constructor(identifier: string, store: StoreBucket, context: KeyvalueContext) {
    this.identifier = identifier;
    this.store = store;
    this.context = context;
  }

  abstract errorOf(error: StoreError): GuestError;

  get(key: string): MaybePromise<Uint8Array | undefined> {
    return perform(this, operations.get, key, () => this.store.get(key), found);
  }

  delete(key: string): MaybePromise<void> {
    return perform(this, operations.delete, key, () => this.store.delete(key));
  }

  exists(key: string): MaybePromise<boolean> {
    return perform(
      this,
      operations.exists,
      key,
      () => exists(this.store, key),
      (hit) => [hit],
    );
  }
}

/** `set-many` of `batch`. */
export function setManyPairs(bucket: GuestBucket, pairs: readonly Pair[]): MaybePromise<void> {
  const write = () => setMany(bucket.store, pairs);
  return perform(bucket, operations['set-many'], pairs, write, () => [pairs.length]);
}

/** `delete-many` of `batch`. */
export function deleteManyKeys(bucket: GuestBucket, keys: readonly string[]): MaybePromise<void> {
  const remove = () => deleteMany(bucket.store, keys);
  return perform(bucket, operations['delete-many'], keys, remove, () => [keys.length]);
}
