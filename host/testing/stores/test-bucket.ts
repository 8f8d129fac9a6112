import { allKeys } from '../../interfaces/keyvalue/backends/all-keys.ts';
import type { Bucket } from '../../interfaces/keyvalue/backends/backend.ts';
import { deleteMany, exists } from '../../interfaces/keyvalue/backends/bucket-defaults.ts';
import { BucketEntries } from '../../interfaces/keyvalue/transfer/bucket-entries.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { bytesOf, deltaOf, durationOf, requireText } from '../arguments.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A bucket as a test uses it, past the component. Calls reject with a `StoreError` where the store does, and with a `HostError` for a
 * key, value or number that is none, and where the host is closed.
 */
export class TestBucket {
  readonly #use: <T>(act: (bucket: Bucket) => Promise<T>) => Promise<T>;

  /** @param use opens the bucket, and does something with it */
  constructor(use: <T>(act: (bucket: Bucket) => Promise<T>) => Promise<T>) {
    this.#use = use;
  }

  /** The value, or undefined where there is none. */
  async get(key: string): Promise<Uint8Array | undefined> {
    requireText('the key of bucket.get', key);
    return await this.#use(async (bucket) => await bucket.get(key));
  }

  /** The value as UTF-8 text. Rejects with a `TypeError` where it is none. */
  async getText(key: string): Promise<string | undefined> {
    const value = await this.get(key);
    if (value === undefined) return undefined;
    try {
      return decoder.decode(value);
    } catch (cause) {
      throw new TypeError(
        `the value of ${JSON.stringify(key)} is no UTF-8 text; bucket.get answers its bytes`,
        {
          cause,
        },
      );
    }
  }

  /** The value as JSON. Rejects with a `SyntaxError` where it is none. */
  async getJson(key: string): Promise<unknown> {
    const text = await this.getText(key);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      const what = `the value of ${JSON.stringify(key)} is no JSON`;
      throw new SyntaxError(`${what} (${reasonOf(cause)}); bucket.getText answers its text`, { cause });
    }
  }

  /**
   * @param value a text is stored as UTF-8
   * @param options `ttl`: how long the key is to live, such as `'60s'` or a number of milliseconds. Default: as long as the bucket's
   *   rule says
   */
  async set(
    key: string,
    value: string | Uint8Array,
    options: { readonly ttl?: string | number } = {},
  ): Promise<void> {
    requireText('the key of bucket.set', key);
    const bytes = bytesOf(`the value of ${JSON.stringify(key)} for bucket.set`, value);
    const ttl = options.ttl === undefined ? undefined : durationOf('the ttl of bucket.set', options.ttl);
    await this.#use(async (bucket) => await bucket.set(key, bytes, ttl));
  }

  /** Milliseconds that are left to each key of a time to live of its own; undefined where it has none, or there is no such key. */
  async timesLeft(keys: readonly string[]): Promise<(number | undefined)[]> {
    for (const key of keys) requireText('a key of bucket.timesLeft', key);
    return await this.#use(async (bucket) => [
      ...((await bucket.timesLeft?.(keys)) ?? keys.map(() => undefined)),
    ]);
  }

  async delete(key: string): Promise<void> {
    requireText('the key of bucket.delete', key);
    await this.#use(async (bucket) => await bucket.delete(key));
  }

  async exists(key: string): Promise<boolean> {
    requireText('the key of bucket.exists', key);
    return await this.#use(async (bucket) => await exists(bucket, key));
  }

  /** Adds to the counter and answers the sum. */
  async increment(key: string, delta: bigint | number = 1): Promise<bigint> {
    requireText('the key of bucket.increment', key);
    const added = deltaOf('the number of bucket.increment', delta);
    return await this.#use(async (bucket) => await bucket.increment(key, added, 's64'));
  }

  /** All keys, sorted. */
  async keys(): Promise<string[]> {
    return await this.#use(keysOf);
  }

  /** All keys with their values, sorted by key. */
  async entries(): Promise<[key: string, value: Uint8Array][]> {
    return await this.#use(async (bucket) => {
      const entries: [string, Uint8Array][] = [];
      for await (const part of new BucketEntries(bucket).entriesOf(await keysOf(bucket))) {
        for (const { key, value } of part) entries.push([key, value]);
      }
      return entries;
    });
  }

  /** Deletes every key. */
  async clear(): Promise<void> {
    await this.#use(async (bucket) => {
      const keys = await keysOf(bucket);
      if (keys.length > 0) await deleteMany(bucket, keys);
    });
  }
}

async function keysOf(bucket: Bucket): Promise<string[]> {
  const keys = new Set<string>();
  for await (const key of allKeys(bucket)) keys.add(key);
  return [...keys].sort();
}
