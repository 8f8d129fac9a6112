import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import * as v from 'valibot';
import { reasonOf } from '../host-error.ts';
import {
  type Backend,
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  StoreError,
  type Versioned,
} from './backend.ts';
import { addToCounter } from './counter.ts';
import { type BackendContext, defineBackend } from './definition.ts';
import { checkKey, checkValue, largestKey, largestValue, pageSize } from './limits.ts';

/**
 * One SQLite file for all buckets, in WAL mode. A write that was acknowledged survives the end of the process
 * at any moment; a power cut may lose the last ones (`synchronous=NORMAL`) but never leaves a torn file.
 */
export const sqlite = defineBackend({
  name: 'sqlite',
  options: v.strictObject({ path: v.string() }),
  promises: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'host',
    listing: 'ordered',
    largestKey,
    largestValue,
  },
  connect: ({ path }, context) => new SqliteBackend(path, context),
});

/**
 * Keys are blobs, so that SQLite compares them by their bytes. Versions are random and thus never come back;
 * `deleted` changes whenever a key of the bucket goes, and is the version of the keys that are absent.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS buckets (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    deleted INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS entries (
    bucket INTEGER NOT NULL,
    key BLOB NOT NULL,
    written INTEGER NOT NULL,
    version INTEGER NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (bucket, key)
  );
  CREATE TRIGGER IF NOT EXISTS entry_deleted AFTER DELETE ON entries BEGIN
    UPDATE buckets SET deleted = random() WHERE id = OLD.bucket;
  END;
`;

const upsert = `ON CONFLICT (bucket, key) DO UPDATE
  SET value = excluded.value, version = excluded.version, written = excluded.written`;

class SqliteBackend implements Backend {
  readonly #path: string;
  readonly #context: BackendContext;
  #database: Database | undefined;

  constructor(path: string, context: BackendContext) {
    this.#path = path;
    this.#context = context;
  }

  open(name: string, settings: BucketSettings): Bucket {
    this.#database ??= new Database(this.#path, this.#context.operationTimeout);
    return new SqliteBucket(name, settings, this.#database, this.#context);
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }
}

/** The open file and its statements. */
class Database {
  readonly #path: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, timeout: number) {
    this.#path = path;
    this.#connection = this.guard('open', () => {
      mkdirSync(dirname(path), { recursive: true });
      const connection = new DatabaseSync(path, { timeout });
      connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      connection.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
      return connection;
    });
  }

  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs it with nobody else writing; all of it happens or nothing. */
  transaction<T>(act: () => T): T {
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      const result = act();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      this.#connection.exec('ROLLBACK');
      throw error;
    }
  }

  /** Tells a failure of SQLite as one of the store. */
  guard<T>(what: string, act: () => T): T {
    try {
      return act();
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      const reason = reasonOf(cause);
      const hint = /locked/.test(reason)
        ? 'Another process keeps it locked; try again.'
        : 'Is it a file of kvasi?';
      throw new StoreError('other', `sqlite: ${what} failed on ${this.#path}: ${reason}. ${hint}`, { cause });
    }
  }

  close(): void {
    this.#connection.close();
  }
}

class SqliteBucket implements Bucket {
  readonly #name: string;
  readonly #id: number;
  readonly #prefix: string;
  readonly #ttl: number | undefined;
  readonly #database: Database;
  readonly #context: BackendContext;

  constructor(name: string, { prefix, ttl }: BucketSettings, database: Database, context: BackendContext) {
    this.#name = name;
    this.#prefix = prefix ?? '';
    this.#ttl = ttl;
    this.#database = database;
    this.#context = context;
    this.#id = database.guard(`opening bucket '${name}'`, () => {
      database.statement('INSERT INTO buckets (name) VALUES (?) ON CONFLICT DO NOTHING').run(name);
      return Number(database.statement('SELECT id FROM buckets WHERE name = ?').get(name)?.id);
    });
    this.#dropExpired();
  }

  get(key: string): Uint8Array | undefined {
    return this.#try('get', key, () => this.#read(key));
  }

  set(key: string, value: Uint8Array): void {
    this.#check(key, value);
    this.#try('set', key, () => this.#write(key, value));
  }

  delete(key: string): void {
    this.#try('delete', key, () => this.#remove(key));
  }

  exists(key: string): boolean {
    const sql = 'SELECT 1 FROM entries WHERE bucket = ? AND key = ? AND written > ?';
    return this.#try('exists', key, () => {
      return this.#database.statement(sql).get(this.#id, this.#stored(key), this.#cutoff()) !== undefined;
    });
  }

  /** Keys in byte order. The cursor is the last key of the page before, marked so that it is never empty. */
  listKeys(cursor: string | undefined): KeyPage {
    if (cursor !== undefined && !cursor.startsWith('>')) {
      throw new StoreError(
        'other',
        `list-keys: cursor '${cursor.slice(0, 40)}' is not one that this store gave out`,
      );
    }
    if (cursor === undefined) this.#dropExpired();
    const from = this.#stored(cursor?.slice(1) ?? '');
    const sql = `SELECT key FROM entries WHERE bucket = ? AND key ${cursor === undefined ? '>=' : '>'} ? AND written > ?
      ORDER BY key LIMIT ${pageSize + 1}`;
    return this.#try('list-keys', undefined, () => {
      const rows = this.#database.statement(sql).all(this.#id, from, this.#cutoff());
      const keys = rows.map(({ key }) => Buffer.from(key as Uint8Array).toString());
      const own = this.#prefix === '' ? keys : keys.filter((key) => key.startsWith(this.#prefix));
      const page = own.slice(0, pageSize).map((key) => key.slice(this.#prefix.length));
      return { keys: page, cursor: own.length > pageSize ? `>${page.at(-1)}` : undefined };
    });
  }

  increment(key: string, delta: bigint, type: CounterType): bigint {
    checkKey(this.#prefix + key);
    return this.#try('increment', key, () =>
      this.#database.transaction(() => {
        const { count, bytes } = addToCounter(key, this.#read(key), delta, type);
        this.#write(key, bytes);
        return count;
      }),
    );
  }

  getVersioned(key: string): Versioned {
    const sql = `SELECT value, CAST(version AS TEXT) AS version, NULL AS deleted FROM entries
        WHERE bucket = ?1 AND key = ?2 AND written > ?3
      UNION ALL SELECT NULL, NULL, CAST(deleted AS TEXT) FROM buckets WHERE id = ?1 LIMIT 1`;
    return this.#try('reading the version', key, () => {
      const row = this.#database.statement(sql).get(this.#id, this.#stored(key), this.#cutoff());
      if (row?.version === null) return { value: undefined, version: `absent ${row.deleted}` };
      return { value: row?.value as Uint8Array, version: `written ${row?.version}` };
    });
  }

  setIfVersion(key: string, value: Uint8Array, version: string): boolean {
    this.#check(key, value);
    const [state, number = ''] = version.split(' ');
    return this.#try('swap', key, () =>
      state === 'written' ? this.#replace(key, value, number) : this.#create(key, value, number),
    );
  }

  getMany(keys: readonly string[]): (Uint8Array | undefined)[] {
    return this.#try('get-many', undefined, () => keys.map((key) => this.#read(key)));
  }

  setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): void {
    for (const [key, value] of pairs) this.#check(key, value);
    this.#try('set-many', undefined, () =>
      this.#database.transaction(() => {
        for (const [key, value] of pairs) this.#write(key, value);
      }),
    );
  }

  deleteMany(keys: readonly string[]): void {
    this.#try('delete-many', undefined, () =>
      this.#database.transaction(() => {
        for (const key of keys) this.#remove(key);
      }),
    );
  }

  #read(key: string): Uint8Array | undefined {
    const sql = 'SELECT value FROM entries WHERE bucket = ? AND key = ? AND written > ?';
    const row = this.#database.statement(sql).get(this.#id, this.#stored(key), this.#cutoff());
    return row?.value as Uint8Array | undefined;
  }

  #write(key: string, value: Uint8Array): void {
    const sql = `INSERT INTO entries (bucket, key, value, version, written) VALUES (?, ?, ?, random(), ?) ${upsert}`;
    this.#database.statement(sql).run(this.#id, this.#stored(key), value, this.#context.now());
  }

  #remove(key: string): void {
    this.#database
      .statement('DELETE FROM entries WHERE bucket = ? AND key = ?')
      .run(this.#id, this.#stored(key));
  }

  #replace(key: string, value: Uint8Array, version: string): boolean {
    const sql = `UPDATE entries SET value = ?, version = random(), written = ?
      WHERE bucket = ? AND key = ? AND version = CAST(? AS INTEGER) AND written > ?`;
    const { changes } = this.#database
      .statement(sql)
      .run(value, this.#context.now(), this.#id, this.#stored(key), version, this.#cutoff());
    return changes === 1;
  }

  /** Sets an absent key, or one that has expired, unless a key of the bucket was deleted meanwhile. */
  #create(key: string, value: Uint8Array, deleted: string): boolean {
    const sql = `INSERT INTO entries (bucket, key, value, version, written)
      SELECT ?1, ?2, ?3, random(), ?4 WHERE (SELECT deleted FROM buckets WHERE id = ?1) = CAST(?5 AS INTEGER)
      ${upsert} WHERE entries.written <= ?6`;
    const { changes } = this.#database
      .statement(sql)
      .run(this.#id, this.#stored(key), value, this.#context.now(), deleted, this.#cutoff());
    return changes === 1;
  }

  #dropExpired(): void {
    if (this.#ttl === undefined) return;
    const sql = 'DELETE FROM entries WHERE bucket = ? AND written <= ?';
    this.#try('expiry', undefined, () => this.#database.statement(sql).run(this.#id, this.#cutoff()));
  }

  /** What was written up to then has expired. */
  #cutoff(): number {
    return this.#ttl === undefined ? -1 : this.#context.now() - this.#ttl;
  }

  #stored(key: string): Uint8Array {
    return Buffer.from(this.#prefix + key);
  }

  #check(key: string, value: Uint8Array): void {
    checkKey(this.#prefix + key);
    checkValue(key, value);
  }

  #try<T>(op: string, key: string | undefined, act: () => T): T {
    const what = `${op} in bucket '${this.#name}'${key === undefined ? '' : ` of key '${key.slice(0, 80)}'`}`;
    return this.#database.guard(what, act);
  }
}
