import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  StoreError,
  type Versioned,
} from '../backend.ts';
import { addToCounter } from '../counter.ts';
import { KeyPurpose, type Purpose } from '../key-purpose.ts';
import { checkKey, checkValue } from '../limits.ts';
import type { Argument } from './commands.ts';
import type { RedisConnection } from './redis-connection.ts';
import { bucketPrefix, markKey } from './redis-keys.ts';
import { listPage } from './redis-listing.ts';
import {
  addScript,
  clockTolerance,
  existsScript,
  readScript,
  replaceScript,
  type Script,
  swapScript,
  versionScript,
  writeScript,
} from './scripts.ts';

/** How long a version can be swapped, in milliseconds; later the swap fails as if the key had been written. */
const markLife = 3_600_000;
/** A delta up to this, added to a decimal of 18 digits, stays within Redis' own integers. */
const largestSafeDelta = 2n ** 62n;

/**
 * A bucket in Redis. Values are string keys `{bucket}:{key}`, as wash writes them, and counters are decimals.
 *
 * A version is the SHA-1 of the value and a mark beside the key that `getVersioned` sets and every write of
 * kvasi removes. So a write of wash between a read and a swap is noticed too, unless it leaves the very bytes
 * that were read.
 */
export class RedisBucket implements Bucket {
  readonly #connection: RedisConnection;
  readonly #name: string;
  readonly #prefix: string;
  /** Whole milliseconds; 0 for no end. */
  readonly #ttl: number;

  constructor(connection: RedisConnection, name: string, { ttl, prefix = '' }: BucketSettings) {
    this.#connection = connection;
    this.#name = name;
    this.#prefix = bucketPrefix(name) + prefix;
    this.#ttl = ttl === undefined ? 0 : Math.max(1, Math.ceil(ttl));
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#read('get', key).then(toValue);
  }

  async set(key: string, value: Uint8Array): Promise<void> {
    checkKey(key);
    checkValue(key, value);
    await this.#run('set', key, writeScript, [toBuffer(value)]);
  }

  async delete(key: string): Promise<void> {
    const stored = this.#prefix + key;
    await this.#connection.command(this.#purpose('delete', key, true), 'del', [stored, markKey(stored)]);
  }

  async exists(key: string): Promise<boolean> {
    if (this.#ttl > 0) return (await this.#run('exists', key, existsScript, [])) === 1;
    return (
      (await this.#connection.command(this.#purpose('exists', key), 'exists', [this.#prefix + key])) === 1
    );
  }

  /** Keys in any order: a key may come again on a later page while Redis moves its tables. */
  async listKeys(cursor: string | undefined, prefix = ''): Promise<KeyPage> {
    const purpose = { text: `list-keys of bucket '${this.#name}'`, isWrite: false };
    const page = await listPage(this.#connection, purpose, this.#prefix, prefix, cursor);
    if (this.#ttl === 0) return page;
    const isThere = await Promise.all(page.keys.map((key) => this.exists(key)));
    return { ...page, keys: page.keys.filter((_, index) => isThere[index]) };
  }

  /** Redis keeps no such time; where keys expire, their last moment tells it. */
  async written(key: string): Promise<number | undefined> {
    if (this.#ttl === 0 || !(await this.exists(key))) return undefined;
    const purpose = this.#purpose('reading the time', key);
    const last = await this.#connection.command(purpose, 'pexpiretime', [this.#prefix + key]);
    return typeof last === 'number' && last > 0 ? last - clockTolerance - this.#ttl : undefined;
  }

  /** Done by Redis; by a loop that swaps where Redis can't count that far or reads the number differently. */
  async increment(key: string, delta: bigint, type: CounterType): Promise<bigint> {
    checkKey(key);
    const least = type === 'u64' ? 0n : -largestSafeDelta;
    if (delta >= least && delta <= largestSafeDelta) {
      const sum = await this.#run('increment', key, addScript, [String(delta), type]);
      if (sum instanceof Buffer) return BigInt(sum.toString());
    }
    const deadline = this.#connection.deadline();
    for (let attempt = 0; ; attempt += 1) {
      const stored = await this.#read('increment', key);
      const { count, bytes } = addToCounter(key, toValue(stored), delta, type);
      const expected = stored instanceof Buffer ? [stored] : [];
      const isDone = await this.#run('increment', key, replaceScript, [toBuffer(bytes), ...expected]);
      if (isDone === 1) return count;
      if (performance.now() > deadline) {
        const { text } = this.#purpose('increment', key);
        throw new StoreError('other', `${text}: others wrote the key each time; nothing was changed`);
      }
      await sleep(Math.random() * Math.min(50, 2 ** attempt));
    }
  }

  async getVersioned(key: string): Promise<Versioned> {
    const answer = await this.#run('read', key, versionScript, [randomUUID(), String(markLife)]);
    const [stored, mark] = Array.isArray(answer) ? answer : [];
    return { value: toValue(stored), version: `${String(mark)}/${digest(stored)}` };
  }

  async setIfVersion(key: string, value: Uint8Array, version: string): Promise<boolean> {
    checkKey(key);
    checkValue(key, value);
    const [mark = '', hash = ''] = version.split('/');
    return (await this.#run('swap', key, swapScript, [toBuffer(value), mark, hash])) === 1;
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return await Promise.all(keys.map((key) => this.get(key)));
  }

  /** Not all or nothing: an error leaves some of the keys written. */
  async setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void> {
    for (const [key, value] of pairs) {
      checkKey(key);
      checkValue(key, value);
    }
    await Promise.all([...new Map(pairs)].map(([key, value]) => this.set(key, value)));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await Promise.all([...new Set(keys)].map((key) => this.delete(key)));
  }

  /** A buffer, or something else where there is no such key. */
  #read(action: string, key: string): Promise<unknown> {
    if (this.#ttl > 0) return this.#run(action, key, readScript, []);
    return this.#connection.command(this.#purpose(action, key), 'get', [this.#prefix + key]);
  }

  #run(action: string, key: string, script: Script, args: readonly Argument[]): Promise<unknown> {
    const stored = this.#prefix + key;
    const isWrite = ![readScript, existsScript, versionScript].includes(script);
    const purpose = this.#purpose(action, key, isWrite);
    const time = [String(Math.floor(this.#connection.now())), String(this.#ttl)];
    return this.#connection.run(purpose, script, [stored, markKey(stored)], [...time, ...args]);
  }

  #purpose(action: string, key: string, isWrite = false): Purpose {
    return new KeyPurpose(action, key, this.#name, isWrite);
  }
}

/** A plain view: a `Buffer` is not one that others expect. */
function toValue(stored: unknown): Uint8Array | undefined {
  if (!(stored instanceof Buffer)) return undefined;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.length);
}

function toBuffer(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.length);
}

function digest(stored: unknown): string {
  return stored instanceof Buffer ? createHash('sha1').update(stored).digest('hex') : '';
}
