import type { Bucket } from '../../../interfaces/keyvalue/backends/backend.ts';
import type { Stores } from '../../../interfaces/keyvalue/stores.ts';
import { preciseNow } from '../../../shared/precise-now.ts';

/** A key that somebody other than the component has written; undefined where it was deleted. */
export interface OutsideWrite {
  readonly bucket: string;
  readonly key: string;
  readonly value: Uint8Array | undefined;
  /** See `preciseNow`. */
  readonly time: number;
}

/** The same stores, which tell of each key that is written through them. */
export function watchedStores(stores: Stores, onWrite: (write: OutsideWrite) => void): Stores {
  return {
    async open(identifier) {
      const bucket = await stores.open(identifier);
      return watchedBucket(bucket, (key, value) =>
        onWrite({ bucket: identifier, key, value, time: preciseNow() }),
      );
    },
    bucketsOf: (rule, start) => stores.bucketsOf(rule, start),
  };
}

function watchedBucket(bucket: Bucket, wrote: (key: string, value: Uint8Array | undefined) => void): Bucket {
  const { exists, written, timesLeft, getMany, setMany, deleteMany } = bucket;
  return {
    get: (key) => bucket.get(key),
    listKeys: (cursor, prefix) => bucket.listKeys(cursor, prefix),
    getVersioned: (key) => bucket.getVersioned(key),
    ...(exists === undefined ? {} : { exists: exists.bind(bucket) }),
    ...(written === undefined ? {} : { written: written.bind(bucket) }),
    ...(timesLeft === undefined ? {} : { timesLeft: timesLeft.bind(bucket) }),
    ...(getMany === undefined ? {} : { getMany: getMany.bind(bucket) }),
    async set(key, value, ttl) {
      await bucket.set(key, value, ttl);
      wrote(key, value);
    },
    async delete(key) {
      await bucket.delete(key);
      wrote(key, undefined);
    },
    async increment(key, delta, type) {
      const sum = await bucket.increment(key, delta, type);
      wrote(key, await bucket.get(key));
      return sum;
    },
    async setIfVersion(key, value, version, ttl) {
      const isSet = await bucket.setIfVersion(key, value, version, ttl);
      if (isSet) wrote(key, value);
      return isSet;
    },
    ...(setMany === undefined
      ? {}
      : {
          async setMany(pairs) {
            await setMany.call(bucket, pairs);
            for (const [key, value] of pairs) wrote(key, value);
          },
        }),
    ...(deleteMany === undefined
      ? {}
      : {
          async deleteMany(keys) {
            await deleteMany.call(bucket, keys);
            for (const key of keys) wrote(key, undefined);
          },
        }),
  };
}
