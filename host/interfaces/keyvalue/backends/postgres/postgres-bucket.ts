import { randomUUID } from 'node:crypto';
import {
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  StoreError,
  type Versioned,
} from '../backend.ts';
import { backOff } from '../backoff.ts';
import { compareByBytes } from '../byte-order.ts';
import { addToCounter, counterRange } from '../counter.ts';
import { cursorAfter, keyOfCursor } from '../cursor.ts';
import { Expiry } from '../expiry.ts';
import { largestBatch, pageSize } from '../limits.ts';
import type { PostgresTable } from './postgres-table.ts';
import type { Cell, Parameter } from './session.ts';
import { arrayText, bytesText, storedBucket, storedKey } from './stored-key.ts';

type Pair = readonly [key: string, value: Uint8Array];

/** What a transaction writes by one statement, in bytes: its text has twice as many characters. */
const largestPart = 16 * 1024 * 1024;
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const versions = new RegExp(`^(?:(written|absent) (${uuid})|never (\\d{1,15}))$`);

/**
 * A bucket in a table of PostgreSQL. A version is random, so that it never comes back, not even where a standby takes over that lacks
 * the last writes: `written` with that of the row, `absent` with that of the row of a key that was deleted or has expired, `never`
 * with the server's time where there is no row at all.
 */
export class PostgresBucket implements Bucket {
  readonly #table: PostgresTable;
  readonly #name: string;
  readonly #expiry: Expiry;

  constructor(table: PostgresTable, name: string, { ttl }: BucketSettings) {
    this.#table = table;
    this.#name = storedBucket(name);
    this.#expiry = new Expiry(ttl, () => table.now());
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const { rows } = await this.#table.run('get', this.#at(key, ...this.#times()));
    return toValue(rows[0]?.[0]);
  }

  async exists(key: string): Promise<boolean> {
    return (await this.#table.run('exists', this.#at(key, ...this.#times()))).rows.length > 0;
  }

  /** @param ttl whole milliseconds that the key lives. Default: by the bucket's rule alone */
  async set(key: string, value: Uint8Array, ttl?: number): Promise<void> {
    await this.#table.run('set', this.#entry(key, value, ttl));
    this.#table.changed();
  }

  async delete(key: string): Promise<void> {
    await this.#table.run('delete', this.#at(key, randomUUID()));
    this.#table.changed();
  }

  async listKeys(cursor: string | undefined, prefix = ''): Promise<KeyPage> {
    const last = cursor === undefined ? undefined : keyOfCursor(cursor);
    const after = last === undefined || compareByBytes(last, prefix) < 0 ? undefined : last;
    const { head, rest } = storedKey(after ?? prefix);
    const isFirst = after === undefined ? 't' : 'f';
    const parameters = [this.#name, head, rest, isFirst, ...this.#times(), String(pageSize + 1)];
    const { rows } = await this.#table.run('list', parameters);
    const keys = rows.map(([start, end]) => Buffer.concat([fromHex(start), fromHex(end)]).toString());
    const own = prefix === '' ? keys : keys.filter((key) => key.startsWith(prefix));
    const page = own.slice(0, pageSize);
    return { keys: page, cursor: own.length > pageSize ? cursorAfter(page.at(-1) ?? '') : undefined };
  }

  async written(key: string): Promise<number | undefined> {
    const { rows } = await this.#table.run('written', this.#at(key, ...this.#times()));
    return rows[0] === undefined ? undefined : Number(toText(rows[0][0]));
  }

  /** The milliseconds that are left of each key's own time. */
  async timesLeft(keys: readonly string[]): Promise<(number | undefined)[]> {
    const { rows } = await this.#table.run('ends', [this.#name, ...this.#lists(keys), ...this.#times()]);
    const now = this.#table.now();
    return rows.map(([ends]) => (ends == null ? undefined : Math.max(1, Number(toText(ends)) - now)));
  }

  /** Done by the server; by a loop that swaps where the server reads the number differently, or can't add. */
  async increment(key: string, delta: bigint, type: CounterType): Promise<bigint> {
    const { least, most } = counterRange(type);
    if (delta >= least && delta <= most) {
      const { head, rest, restDigest } = storedKey(key);
      const [now, cutoff] = this.#times();
      const { rows } = await this.#table.run('increment', [
        ...[this.#name, head, restDigest, rest],
        ...[String(delta), randomUUID(), now, now, cutoff],
        ...[this.#bucketEnd(now), String(least), String(most)],
      ]);
      if (rows[0] !== undefined) {
        this.#table.changed();
        return BigInt(toText(rows[0][0]));
      }
    }
    const deadline = this.#table.deadline();
    for (let attempt = 0; ; attempt += 1) {
      const { value, version } = await this.getVersioned(key);
      const { count, bytes } = addToCounter(value, delta, type);
      if (await this.setIfVersion(key, bytes, version)) return count;
      if (performance.now() > deadline) {
        throw new StoreError('other', 'others wrote the key each time', { changed: 'nothing' });
      }
      await backOff(attempt);
    }
  }

  async getVersioned(key: string): Promise<Versioned> {
    const { rows } = await this.#table.run('getVersioned', this.#at(key, ...this.#times()));
    const [time, version, isThere, value] = rows[0] ?? [];
    if (version == null) return { value: undefined, version: `never ${toText(time)}` };
    const state = toText(isThere) === 't' ? 'written' : 'absent';
    return { value: toValue(value), version: `${state} ${toText(version)}` };
  }

  async setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): Promise<boolean> {
    const [, state, id, time] = versions.exec(version) ?? [];
    if (time !== undefined) {
      const { count } = await this.#table.run('create', [...this.#entry(key, value, ttl), time]);
      this.#table.changed();
      return count === 1;
    }
    if (state === undefined || id === undefined) return false;
    const [now, cutoff] = this.#times();
    const end = ttl === undefined ? null : String(Number(now) + ttl);
    const { count } = await this.#table.run('replace', [
      ...this.#at(key, bytesText(value), randomUUID(), now),
      ...[end, this.#bucketEnd(now), now, cutoff],
      ...[state === 'written' ? 't' : 'f', id],
    ]);
    this.#table.changed();
    return count === 1;
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    const parameters = [this.#name, ...this.#lists(keys), ...this.#times(), String(largestBatch)];
    const { rows } = await this.#table.run('getMany', parameters);
    if (rows.some(([, isSmall]) => toText(isSmall) !== 't')) {
      throw new StoreError(
        'other',
        `the values of ${keys.length} keys have more than ${largestBatch} bytes (256 MiB); read fewer at once`,
      );
    }
    return rows.map(([value]) => toValue(value));
  }

  /** All of them or none. */
  async setMany(pairs: readonly Pair[]): Promise<void> {
    if (pairs.length === 0) return;
    const parts = partsOf(inOrder([...new Map(pairs)]));
    if (parts.length === 1) await this.#table.run('setMany', this.#entries(parts[0] ?? []));
    else {
      await this.#table.transaction(async (run) => {
        for (const part of parts) await run(this.#table.statements.setMany, this.#entries(part));
      });
    }
    this.#table.changed();
  }

  /** All of them or none. */
  async deleteMany(keys: readonly string[]): Promise<void> {
    await this.#table.run('deleteMany', [this.#name, ...this.#lists([...new Set(keys)]), randomUUID()]);
    this.#table.changed();
  }

  #at(key: string, ...more: readonly Parameter[]): Parameter[] {
    const { head, restDigest } = storedKey(key);
    return [this.#name, head, restDigest, ...more];
  }

  /** What a statement compares a row's end and age with. */
  #times(): [now: string, cutoff: string] {
    return [String(this.#table.now()), String(this.#expiry.cutoff)];
  }

  /** When a key that is written now ends by the bucket's rule. */
  #bucketEnd(now: string): Parameter {
    return this.#expiry.ttl === undefined ? null : String(Number(now) + this.#expiry.ttl);
  }

  /** What is written of a key, beginning with where. */
  #entry(key: string, value: Uint8Array, ttl: number | undefined): Parameter[] {
    const { head, rest, restDigest } = storedKey(key);
    return [this.#name, head, restDigest, rest, bytesText(value), ...this.#stamp(ttl)];
  }

  /** The same of several keys. */
  #entries(pairs: readonly Pair[]): Parameter[] {
    const keys = pairs.map(([key]) => storedKey(key));
    return [
      this.#name,
      arrayText(keys.map(({ head }) => head)),
      arrayText(keys.map(({ restDigest }) => restDigest)),
      arrayText(keys.map(({ rest }) => rest)),
      arrayText(pairs.map(([, value]) => bytesText(value))),
      ...this.#stamp(undefined),
    ];
  }

  #stamp(ttl: number | undefined): Parameter[] {
    const now = String(this.#table.now());
    const own = ttl === undefined ? undefined : Number(now) + ttl;
    const bucket = this.#bucketEnd(now);
    const ends = [own, bucket].flatMap((end) => (end == null ? [] : [Number(end)]));
    const first = ends.length === 0 ? null : String(Math.min(...ends));
    return [randomUUID(), now, own === undefined ? null : String(own), first];
  }

  #lists(keys: readonly string[]): [heads: string, digests: string] {
    const stored = keys.map(storedKey);
    return [arrayText(stored.map(({ head }) => head)), arrayText(stored.map(({ restDigest }) => restDigest))];
  }
}

/** By their bytes: see `deleteMany` in `statements.ts`. */
function inOrder(pairs: readonly Pair[]): Pair[] {
  return pairs.toSorted(([a], [b]) => compareByBytes(a, b));
}

/** Parts that a statement can have each. */
function partsOf(pairs: readonly Pair[]): Pair[][] {
  const parts: Pair[][] = [[]];
  let size = 0;
  for (const pair of pairs) {
    size += pair[1].length;
    if (size > largestPart && parts.at(-1)?.length !== 0) {
      parts.push([]);
      size = pair[1].length;
    }
    parts.at(-1)?.push(pair);
  }
  return parts;
}

function toText(cell: Cell | undefined): string {
  return cell == null ? '' : Buffer.from(cell.buffer, cell.byteOffset, cell.length).toString('latin1');
}

function fromHex(cell: Cell | undefined): Buffer {
  return Buffer.from(toText(cell), 'hex');
}

/** A plain array: a `Buffer` is not one that others expect. */
function toValue(cell: Cell | undefined): Uint8Array | undefined {
  if (cell == null) return undefined;
  const bytes = fromHex(cell);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
