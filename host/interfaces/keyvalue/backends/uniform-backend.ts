import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import { allKeys } from './all-keys.ts';
import type { Backend, Bucket, BucketSettings } from './backend.ts';
import { deleteMany } from './bucket-defaults.ts';
import { checkKey, largestPrefix } from './limits.ts';
import { type BucketLimits, UniformBucket } from './uniform-bucket.ts';
import { uniformError } from './uniform-errors.ts';

/** How a bucket is to be kept, and what its keys are called in the store. */
export interface KeySettings extends Omit<BucketSettings, 'keyPrefix'> {
  /** Text put in front of every key in the store, invisible to the guest; at most 512 bytes. Default: none. */
  readonly prefix?: string;
}

/** How many keys are deleted at once. */
const batchSize = 500;

/** A backend whose buckets are those that every backend has; see `UniformBucket`. */
export class UniformBackend implements Backend<KeySettings> {
  readonly #backend: Backend;
  readonly #limits: BucketLimits;
  readonly buckets?: (start: string) => MaybePromise<readonly string[]>;

  constructor(backend: Backend, limits: BucketLimits) {
    this.#backend = backend;
    this.#limits = limits;
    if (backend.buckets !== undefined) {
      this.buckets = (start) =>
        attempt('listing of the buckets', false, () => backend.buckets?.(start) ?? []);
    }
  }

  /**
   * @param shown what errors call the bucket
   * @throws {StoreError} also for a prefix that is too long
   */
  open(
    name: string,
    { prefix = '', ttl, counters }: KeySettings,
    shown: string = name,
  ): MaybePromise<Bucket> {
    const settings: BucketSettings = {
      ...(ttl === undefined ? {} : { ttl: Math.max(1, Math.ceil(ttl)) }),
      ...(prefix === '' ? {} : { keyPrefix: prefix }),
      ...(counters === undefined ? {} : { counters }),
    };
    const uniform = (bucket: Bucket) => new UniformBucket(bucket, shown, prefix, this.#limits);
    return attempt(`open of bucket '${shown}'`, false, () => {
      checkKey(prefix, largestPrefix, 'prefix');
      const bucket = this.#backend.open(name, settings);
      return bucket instanceof Promise ? bucket.then(uniform) : uniform(bucket);
    });
  }

  removeBucket(name: string): MaybePromise<void> {
    return attempt(`removal of bucket '${name}'`, true, () =>
      this.#backend.removeBucket === undefined ? this.#empty(name) : this.#backend.removeBucket(name),
    );
  }

  close(): MaybePromise<void> {
    return this.#backend.close();
  }

  async #empty(name: string): Promise<void> {
    const bucket = await this.#backend.open(name, {});
    // All of them first: where a listing has no order, a deletion might move what is still to come.
    const keys: string[] = [];
    for await (const key of allKeys(bucket)) keys.push(key);
    for (let at = 0; at < keys.length; at += batchSize) {
      await deleteMany(bucket, keys.slice(at, at + batchSize));
    }
  }
}

function attempt<T>(what: string, isWrite: boolean, act: () => MaybePromise<T>): MaybePromise<T> {
  const fail = (error: unknown): never => {
    throw uniformError(error, what, isWrite);
  };
  try {
    const result = act();
    return result instanceof Promise ? result.catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}
