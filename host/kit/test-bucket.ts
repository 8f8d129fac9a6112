import type { Bucket } from '../backends/backend.ts';
import { deleteMany, exists } from '../backends/bucket-defaults.ts';
import { BucketEntries } from '../entries/bucket-entries.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A bucket as a test uses it, past the component. Calls reject with a `StoreError` where the store does, and with a `HostError` where
 * the host is closed.
 */
export class TestBucket {
  readonly #use: <T>(act: (bucket: Bucket) => Promise<T>) => Promise<T>;

  /** @param use opens the bucket, and does something with it */
  constructor(use: <T>(act: (bucket: Bucket) => Promise<T>) => Promise<T>) {
    this.#use = use;
  }

  /** The value, or undefined where there is none. */
  async get(key: string): Promise<Uint8Array | undefined> {
    return await this.#use(async (bucket) => await bucket.get(key));
  }

  /** The value as UTF-8 text. Rejects with a `TypeError` where it is none. */
  async getText(key: string): Promise<string | undefined> {
    const value = await this.get(key);
    return value === undefined ? undefined : decoder.decode(value);
  }

  /** The value as JSON. Rejects with a `SyntaxError` where it is none. */
  async getJson(key: string): Promise<unknown> {
    const text = await this.getText(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** @param value a text is stored as UTF-8 */
  async set(key: string, value: string | Uint8Array): Promise<void> {
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    await this.#use(async (bucket) => await bucket.set(key, bytes));
  }

  async delete(key: string): Promise<void> {
    await this.#use(async (bucket) => await bucket.delete(key));
  }

  async exists(key: string): Promise<boolean> {
    return await this.#use(async (bucket) => await exists(bucket, key));
  }

  /** Adds to the counter and answers the sum. */
  async increment(key: string, delta: bigint | number = 1): Promise<bigint> {
    return await this.#use(async (bucket) => await bucket.increment(key, BigInt(delta), 's64'));
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
  let cursor: string | undefined;
  do {
    const page = await bucket.listKeys(cursor);
    for (const key of page.keys) keys.add(key);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return [...keys].sort();
}
