import type { Bucket } from '../backends/backend.ts';
import { deleteMany, exists } from '../backends/bucket-defaults.ts';
import { BucketEntries } from '../entries/bucket-entries.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A bucket as a test uses it, past the component. Calls reject with a `StoreError` where the store does. */
export class TestBucket {
  readonly #bucket: () => Promise<Bucket>;

  constructor(open: () => Promise<Bucket>) {
    this.#bucket = open;
  }

  /** The value, or undefined where there is none. */
  async get(key: string): Promise<Uint8Array | undefined> {
    return await (await this.#bucket()).get(key);
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
    await (await this.#bucket()).set(key, typeof value === 'string' ? encoder.encode(value) : value);
  }

  async delete(key: string): Promise<void> {
    await (await this.#bucket()).delete(key);
  }

  async exists(key: string): Promise<boolean> {
    return await exists(await this.#bucket(), key);
  }

  /** Adds to the counter and answers the sum. */
  async increment(key: string, delta: bigint | number = 1): Promise<bigint> {
    return await (await this.#bucket()).increment(key, BigInt(delta), 's64');
  }

  /** All keys, sorted. */
  async keys(): Promise<string[]> {
    const bucket = await this.#bucket();
    const keys = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await bucket.listKeys(cursor);
      for (const key of page.keys) keys.add(key);
      ({ cursor } = page);
    } while (cursor !== undefined);
    return [...keys].sort();
  }

  /** All keys with their values, sorted by key. */
  async entries(): Promise<[key: string, value: Uint8Array][]> {
    const keys = await this.keys();
    const entries: [string, Uint8Array][] = [];
    for await (const part of new BucketEntries(await this.#bucket()).entriesOf(keys)) {
      for (const { key, value } of part) entries.push([key, value]);
    }
    return entries;
  }

  /** Deletes every key. */
  async clear(): Promise<void> {
    const keys = await this.keys();
    if (keys.length > 0) await deleteMany(await this.#bucket(), keys);
  }
}
