import type { SQLOutputValue } from 'node:sqlite';
import * as v from 'valibot';
import type {
  Backend,
  Bucket,
  BucketSettings,
  ChangeListener,
  CounterType,
  KeyPage,
  StopWatching,
  Versioned,
} from '../backend.ts';
import { compareByBytes } from '../byte-order.ts';
import { addToCounter } from '../counter.ts';
import { cursorAfter, keyOfCursor } from '../cursor.ts';
import { type BackendContext, defineBackend } from '../definition.ts';
import { Expiry } from '../expiry.ts';
import { largestKey, largestValue, pageSize } from '../limits.ts';
import { mostWatchedKeys, watchByLooks } from '../polled-watch.ts';
import { Database } from './database.ts';

/** How often a bucket that is watched is looked at, in milliseconds. */
const watchInterval = 250;

/**
 * One SQLite file for all buckets, in WAL mode. A write that was acknowledged survives the end of the process
 * at any moment; a power cut may lose the last ones (`synchronous=NORMAL`) but never leaves a torn file.
 */
export const sqlite = defineBackend({
  name: 'sqlite',
  options: v.strictObject({ path: v.string() }),
  capabilities: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'host',
    keyTtl: true,
    watch: { others: true, ends: true, gaps: true, every: watchInterval },
    listing: 'ordered',
    largestKey,
    largestValue,
  },
  connect: ({ path }, context) => new SqliteBackend(path, context),
});

/** Whether a key is there: the end of its bucket's time comes first, then now. */
const isThere = '+written > ? AND (expires IS NULL OR expires > ?)';
/** How many expired entries a write removes at most, for each rule by which they expire. */
const sweepSize = 20;

class SqliteBackend implements Backend {
  readonly #database: Database;
  readonly #context: BackendContext;

  constructor(path: string, context: BackendContext) {
    this.#database = new Database(path, context.operationTimeout);
    this.#context = context;
  }

  open(name: string, settings: BucketSettings): Bucket {
    this.#database.guard('write', () => this.#database.bucket(name));
    return new SqliteBucket(name, settings, this.#database, this.#context);
  }

  buckets(start: string): string[] {
    const sql = `SELECT name FROM buckets WHERE substr(name, 1, length(?1)) = ?1
      AND EXISTS (SELECT 1 FROM entries WHERE bucket = id) ORDER BY name`;
    return this.#database.guard('read', () =>
      this.#database
        .statement(sql)
        .all(start)
        .map(({ name }) => String(name)),
    );
  }

  close(): void {
    this.#database.close();
  }
}

class SqliteBucket implements Bucket {
  readonly #name: string;
  readonly #expiry: Expiry;
  readonly #database: Database;
  readonly #context: BackendContext;
  /** A key was given an end of its own here. */
  #hasEnds = false;

  constructor(name: string, { ttl }: BucketSettings, database: Database, context: BackendContext) {
    this.#name = name;
    this.#expiry = new Expiry(ttl, () => context.now());
    this.#database = database;
    this.#context = context;
  }

  get(key: string): Uint8Array | undefined {
    return this.#try(() => this.#read(key));
  }

  set(key: string, value: Uint8Array, ttl?: number): void {
    if (ttl !== undefined) this.#change(() => this.#write(key, value, this.#endIn(ttl)));
    // A single statement is a transaction of its own.
    else if (this.#expiry.ttl === undefined) this.#try(() => this.#write(key, value, null), 'write');
    else this.#change(() => this.#write(key, value, null));
  }

  delete(key: string): void {
    this.#try(() => this.#remove(key), 'write');
  }

  exists(key: string): boolean {
    return this.#try(() => this.#found('1', key) !== undefined);
  }

  /** Keys in byte order. The cursor is the last key of the page before. */
  listKeys(cursor: string | undefined, prefix = ''): KeyPage {
    const last = cursor === undefined ? undefined : keyOfCursor(cursor);
    const after = last === undefined || compareByBytes(last, prefix) < 0 ? undefined : last;
    const from = storedKey(after ?? prefix);
    const sql = `SELECT key FROM entries WHERE bucket = ? AND key ${after === undefined ? '>=' : '>'} ? AND ${isThere}
      ORDER BY key LIMIT ${pageSize + 1}`;
    return this.#try(() => {
      const rows = this.#database
        .statement(sql)
        .all(this.#id(), from, this.#expiry.cutoff, this.#context.now());
      const keys = rows.map(({ key }) => Buffer.from(key as Uint8Array).toString());
      const own = prefix === '' ? keys : keys.filter((key) => key.startsWith(prefix));
      const page = own.slice(0, pageSize);
      return { keys: page, cursor: own.length > pageSize ? cursorAfter(page.at(-1) ?? '') : undefined };
    });
  }

  written(key: string): number | undefined {
    return this.#try(() => {
      const row = this.#found('written', key);
      return row === undefined ? undefined : Number(row.written);
    });
  }

  timesLeft(keys: readonly string[]): (number | undefined)[] {
    return this.#try(() => {
      const ends = this.#database.transaction('DEFERRED', () => keys.map((key) => this.#end(key)));
      const now = this.#context.now();
      return ends.map((end) => (end === null ? undefined : Math.max(1, Math.round(end - now))));
    });
  }

  increment(key: string, delta: bigint, type: CounterType): bigint {
    return this.#change(() => {
      const { count, bytes } = addToCounter(this.#read(key), delta, type);
      this.#write(key, bytes, this.#end(key));
      return count;
    });
  }

  getVersioned(key: string): Versioned {
    const sql = `SELECT value, written, expires, CAST(version AS TEXT) AS version FROM entries WHERE bucket = ?1 AND key = ?2
      UNION ALL SELECT NULL, NULL, NULL, CAST(deleted AS TEXT) FROM buckets WHERE id = ?1 LIMIT 1`;
    return this.#try(() => {
      const read = () => this.#database.statement(sql).get(this.#id(), storedKey(key));
      const isDead = (row: ReturnType<typeof read>) =>
        Number(row?.written ?? Infinity) <= this.#expiry.cutoff ||
        Number(row?.expires ?? Infinity) <= this.#context.now();
      let row = read();
      while (isDead(row)) {
        this.#removeExpired(key);
        row = read();
      }
      if (row?.value === null) return { value: undefined, version: `absent ${row.version}` };
      return { value: row?.value as Uint8Array, version: `written ${row?.version}` };
    });
  }

  setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): boolean {
    const [state, number = ''] = version.split(' ');
    return this.#change(() => {
      const end = ttl === undefined ? null : this.#endIn(ttl);
      return state === 'written'
        ? this.#replace(key, value, number, end)
        : this.#create(key, value, number, end);
    });
  }

  getMany(keys: readonly string[]): (Uint8Array | undefined)[] {
    return this.#try(() => this.#database.transaction('DEFERRED', () => keys.map((key) => this.#read(key))));
  }

  setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): void {
    this.#change(() => {
      for (const [key, value] of pairs) this.#write(key, value, null);
    });
  }

  deleteMany(keys: readonly string[]): void {
    this.#change(() => {
      for (const key of keys) this.#remove(key);
    });
  }

  watch(told: ChangeListener): StopWatching {
    let state = '';
    /** When the next key ends by its time to live. */
    let nextEnd = Infinity;
    const sql = `SELECT key, CAST(version AS TEXT) AS version, written, expires FROM entries WHERE bucket = ? AND ${isThere}
      LIMIT ${mostWatchedKeys + 1}`;
    const look = (): Map<string, string> | undefined =>
      this.#try(() => {
        const now = this.#context.now();
        const found = this.#database.state();
        if (found === state && now < nextEnd) return undefined;
        state = found;
        nextEnd = Infinity;
        const keys = new Map<string, string>();
        for (const row of this.#database.statement(sql).iterate(this.#id(), this.#expiry.cutoff, now)) {
          keys.set(Buffer.from(row.key as Uint8Array).toString(), String(row.version));
          const ends = [
            Number(row.written) + (this.#expiry.ttl ?? Infinity),
            Number(row.expires ?? Infinity),
          ];
          nextEnd = Math.min(nextEnd, ...ends);
        }
        return keys;
      });
    return watchByLooks(look, watchInterval, told);
  }

  #read(key: string): Uint8Array | undefined {
    return this.#found('value', key)?.value as Uint8Array | undefined;
  }

  /** A column of a key's row, if the key is there. */
  #found(column: string, key: string): Record<string, SQLOutputValue> | undefined {
    const sql = `SELECT ${column} FROM entries WHERE bucket = ? AND key = ? AND ${isThere}`;
    return this.#database
      .statement(sql)
      .get(this.#id(), storedKey(key), this.#expiry.cutoff, this.#context.now());
  }

  /** The end of its own that a key has. */
  #end(key: string): number | null {
    const end = this.#found('expires', key)?.expires ?? null;
    return end === null ? null : Number(end);
  }

  /** The end of a key that is to have one from now on; within a transaction only. */
  #endIn(ttl: number): number {
    this.#database.markNewer();
    this.#hasEnds = true;
    return this.#context.now() + ttl;
  }

  #write(key: string, value: Uint8Array, end: number | null): void {
    const sql = `INSERT INTO entries (bucket, key, value, version, written, mortal, expires)
      VALUES (?, ?, ?, random(), ?, ?, ?)
      ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value, version = excluded.version,
      written = excluded.written, mortal = excluded.mortal, expires = excluded.expires`;
    this.#database
      .statement(sql)
      .run(this.#id(), storedKey(key), value, this.#context.now(), this.#mortal(), end);
  }

  #remove(key: string): void {
    this.#database
      .statement('DELETE FROM entries WHERE bucket = ? AND key = ?')
      .run(this.#id(), storedKey(key));
  }

  /** @param end `null`: the one that the key has */
  #replace(key: string, value: Uint8Array, version: string, end: number | null): boolean {
    const sql = `UPDATE entries SET value = ?, version = random(), written = ?, mortal = ?, expires = ifnull(?, expires)
      WHERE bucket = ? AND key = ? AND version = CAST(? AS INTEGER) AND ${isThere}`;
    const now = this.#context.now();
    const { changes } = this.#database
      .statement(sql)
      .run(value, now, this.#mortal(), end, this.#id(), storedKey(key), version, this.#expiry.cutoff, now);
    return changes === 1;
  }

  /** Sets an absent key, unless a key of the bucket went meanwhile: this one could have come and gone. */
  #create(key: string, value: Uint8Array, deleted: string, end: number | null): boolean {
    this.#removeExpired(key);
    const sql = `INSERT INTO entries (bucket, key, value, version, written, mortal, expires)
      SELECT ?1, ?2, ?3, random(), ?4, ?6, ?7 WHERE (SELECT deleted FROM buckets WHERE id = ?1) = CAST(?5 AS INTEGER)
      ON CONFLICT DO NOTHING`;
    const { changes } = this.#database
      .statement(sql)
      .run(this.#id(), storedKey(key), value, this.#context.now(), deleted, this.#mortal(), end);
    return changes === 1;
  }

  /** So that an expired key counts as deleted. */
  #removeExpired(key: string): void {
    this.#database
      .statement('DELETE FROM entries WHERE bucket = ? AND key = ? AND (+written <= ? OR expires <= ?)')
      .run(this.#id(), storedKey(key), this.#expiry.cutoff, this.#context.now());
  }

  /** Some of those that have expired. */
  #sweep(): void {
    if (this.#expiry.ttl !== undefined)
      this.#removeSome('mortal = 1 AND bucket = ? AND written <= ?', this.#expiry.cutoff);
    if (this.#hasEnds) this.#removeSome('bucket = ? AND expires <= ?', this.#context.now());
  }

  #removeSome(condition: string, moment: number): void {
    const sql = `DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE ${condition} LIMIT ${sweepSize})`;
    this.#database.statement(sql).run(this.#id(), moment);
  }

  #mortal(): number {
    return this.#expiry.ttl === undefined ? 0 : 1;
  }

  /** All of it happens or nothing, and some of what has expired is removed with it. */
  #change<T>(act: () => T): T {
    const change = () => {
      const result = act();
      this.#sweep();
      return result;
    };
    return this.#try(() => this.#database.transaction('IMMEDIATE', change), 'write');
  }

  #id(): number {
    return this.#database.bucket(this.#name);
  }

  #try<T>(act: () => T, kind: 'read' | 'write' = 'read'): T {
    return this.#database.guard(kind, act);
  }
}

/** Keys are compared by their bytes. */
function storedKey(key: string): Uint8Array {
  return Buffer.from(key);
}
