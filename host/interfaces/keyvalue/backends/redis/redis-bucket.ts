import { createHash, randomUUID } from 'node:crypto';
import { keyPages } from '../all-keys.ts';
import {
  type Bucket,
  type BucketSettings,
  type ChangeListener,
  type CounterType,
  type KeyPage,
  type StopWatching,
  StoreError,
  type Versioned,
} from '../backend.ts';
import { backOff } from '../backoff.ts';
import { addToCounter } from '../counter.ts';
import type { Argument } from './commands.ts';
import type { RedisConnection } from './redis-connection.ts';
import { endKey, markKey } from './redis-keys.ts';
import { listPage } from './redis-listing.ts';
import {
  addScript,
  clockTolerance,
  existsScript,
  readScript,
  replaceScript,
  type Script,
  setScript,
  swapScript,
  timeLeftScript,
  versionScript,
  writeScript,
} from './scripts.ts';

/** How long a version can be swapped, in milliseconds; later the swap fails as if the key had been written. */
const markLife = 3_600_000;
/** A delta up to this, added to a decimal of 18 digits, stays within Redis' own integers. */
const largestSafeDelta = 2n ** 62n;

type WatchKeys = (start: string, told: ChangeListener) => Promise<StopWatching>;

/**
 * A bucket in Redis. Values are string keys `{bucket}:{key}`, as wash writes them, and counters are decimals.
 *
 * A version is the SHA-1 of the value and a mark beside the key that `getVersioned` sets and every write of
 * kvasi removes. So a write of wash between a read and a swap is noticed too, unless it leaves the very bytes
 * that were read.
 *
 * Where only single keys end, and nobody moves the host's clock, they do so by the server's time and the server alone sees to
 * it: reads are plain commands.
 */
export class RedisBucket implements Bucket {
  readonly #connection: RedisConnection;
  /** What all keys of the bucket begin with. */
  readonly #prefix: string;
  /** Whole milliseconds; 0 for no end. */
  readonly #ttl: number;
  readonly #watchKeys: WatchKeys;

  /**
   * @param prefix what all keys of the bucket begin with: see `bucketPrefix`
   * @param watchKeys see `watchKeys`
   */
  constructor(
    connection: RedisConnection,
    prefix: string,
    { ttl = 0 }: BucketSettings,
    watchKeys: WatchKeys,
  ) {
    this.#watchKeys = watchKeys;
    this.#connection = connection;
    this.#prefix = prefix;
    this.#ttl = ttl;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#read(key).then(toValue);
  }

  async set(key: string, value: Uint8Array, ttl?: number): Promise<void> {
    if (ttl === undefined && this.#isPlain) {
      const stored = this.#prefix + key;
      await this.#connection.run(setScript, [stored, markKey(stored)], [toBuffer(value)]);
    } else await this.#run(key, writeScript, [toBuffer(value), ...lifeOf(ttl)], ttl !== undefined);
  }

  async delete(key: string): Promise<void> {
    const stored = this.#prefix + key;
    await this.#connection.command('del', [stored, markKey(stored), endKey(stored)]);
  }

  async exists(key: string): Promise<boolean> {
    if (!this.#isPlain) return (await this.#run(key, existsScript, [])) === 1;
    return (await this.#connection.command('exists', [this.#prefix + key])) === 1;
  }

  watch(told: ChangeListener): Promise<StopWatching> {
    return this.#watchKeys(this.#prefix, told);
  }

  /** Keys in any order: a key may come again on a later page while Redis moves its tables. */
  async listKeys(cursor: string | undefined, prefix = ''): Promise<KeyPage> {
    const page = await listPage(this.#connection, this.#prefix, prefix, cursor);
    if (this.#isPlain) return page;
    const isThere = await Promise.all(page.keys.map((key) => this.exists(key)));
    return { ...page, keys: page.keys.filter((_, index) => isThere[index]) };
  }

  /** Redis keeps no such time; where keys expire, their last moment tells it. */
  async written(key: string): Promise<number | undefined> {
    if (this.#ttl === 0 || !(await this.exists(key))) return undefined;
    const [left] = await this.timesLeft([key]);
    // The end that comes first may be the key's own.
    if (left !== undefined) return undefined;
    const last = await this.#connection.command('pexpiretime', [this.#prefix + key]);
    return typeof last === 'number' && last > 0 ? last - clockTolerance - this.#ttl : undefined;
  }

  async timesLeft(keys: readonly string[]): Promise<(number | undefined)[]> {
    const left = (key: string): Promise<unknown> =>
      this.#isPlain
        ? this.#connection.command('pttl', [this.#prefix + key])
        : this.#run(key, timeLeftScript, []);
    const answers = await Promise.all(keys.map(left));
    return answers.map((one) => (typeof one === 'number' && one > 0 ? one : undefined));
  }

  /** Done by Redis; by a loop that swaps where Redis can't count that far or reads the number differently. */
  async increment(key: string, delta: bigint, type: CounterType): Promise<bigint> {
    const least = type === 'u64' ? 0n : -largestSafeDelta;
    if (delta >= least && delta <= largestSafeDelta) {
      const sum = await this.#run(key, addScript, [String(delta), type]);
      if (sum instanceof Buffer) return BigInt(sum.toString());
    }
    const deadline = this.#connection.link.deadline();
    for (let attempt = 0; ; attempt += 1) {
      const stored = await this.#read(key);
      const { count, bytes } = addToCounter(toValue(stored), delta, type);
      const expected = stored instanceof Buffer ? [stored] : [];
      const isDone = await this.#run(key, replaceScript, [toBuffer(bytes), ...expected]);
      if (isDone === 1) return count;
      if (performance.now() > deadline) {
        throw new StoreError('other', 'others wrote the key each time', { changed: 'nothing' });
      }
      await backOff(attempt);
    }
  }

  async getVersioned(key: string): Promise<Versioned> {
    const answer = await this.#run(key, versionScript, [randomUUID(), String(markLife)]);
    const [stored, mark] = Array.isArray(answer) ? answer : [];
    return { value: toValue(stored), version: `${String(mark)}/${digest(stored)}` };
  }

  async setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): Promise<boolean> {
    const [mark = '', hash = ''] = version.split('/');
    const args = [toBuffer(value), mark, hash, ...lifeOf(ttl)];
    return (await this.#run(key, swapScript, args, ttl !== undefined)) === 1;
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return await Promise.all(keys.map((key) => this.get(key)));
  }

  /** Not all or nothing: an error leaves some of the keys written. */
  async setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void> {
    await Promise.all([...new Map(pairs)].map(([key, value]) => this.set(key, value)));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await Promise.all([...new Set(keys)].map((key) => this.delete(key)));
  }

  /** Removes all that Redis has of it, also what has ended by the host's clock. */
  async removeAll(): Promise<void> {
    // All of them first: a deletion might move what is still to come.
    const keys: string[] = [];
    const pages = keyPages((cursor) => listPage(this.#connection, this.#prefix, '', cursor));
    for await (const page of pages) keys.push(...page.keys);
    await this.deleteMany(keys);
  }

  /** Whether plain commands find what is there, and nothing else. */
  get #isPlain(): boolean {
    return this.#ttl === 0 && !this.#connection.link.isMoved;
  }

  /** A buffer, or something else where there is no such key. */
  #read(key: string): Promise<unknown> {
    if (!this.#isPlain) return this.#run(key, readScript, []);
    return this.#connection.command('get', [this.#prefix + key]);
  }

  /** @param ends whether the key is to have an end of its own */
  #run(key: string, script: Script, args: readonly Argument[], ends = false): Promise<unknown> {
    const stored = this.#prefix + key;
    const isPlain = this.#isPlain;
    const now = isPlain ? '' : String(Math.floor(this.#connection.link.now()));
    const beside = ends || !isPlain ? [markKey(stored), endKey(stored)] : [markKey(stored)];
    return this.#connection.run(script, [stored, ...beside], [now, String(this.#ttl), ...args]);
  }
}

/** A plain view: a `Buffer` is not one that others expect. */
function toValue(stored: unknown): Uint8Array | undefined {
  if (!(stored instanceof Buffer)) return undefined;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.length);
}

function lifeOf(ttl: number | undefined): string[] {
  return ttl === undefined ? [] : [String(ttl)];
}

function toBuffer(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.length);
}

function digest(stored: unknown): string {
  return stored instanceof Buffer ? createHash('sha1').update(stored).digest('hex') : '';
}
