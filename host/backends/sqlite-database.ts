import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { reasonOf } from '../host-error.ts';
import { StoreError } from './backend.ts';

/** Marks the file as ours, in the header that SQLite keeps for this: 'kvsi'. */
const applicationId = 0x6b767369;
/** How often it is looked whether the file is still the one that was opened, in milliseconds. */
const lookInterval = 1000;

/**
 * Keys are blobs, so that SQLite compares them by their bytes. Versions are random and thus never come back;
 * `deleted` changes whenever a key of the bucket goes, and is the version of the keys that are absent. `mortal` is 1
 * where a time to live was set at the write: only those need an index of their age.
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
    mortal INTEGER NOT NULL,
    version INTEGER NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (bucket, key)
  );
  CREATE INDEX IF NOT EXISTS entry_age ON entries (bucket, written) WHERE mortal = 1;
  CREATE TRIGGER IF NOT EXISTS entry_deleted AFTER DELETE ON entries BEGIN
    UPDATE buckets SET deleted = random() WHERE id = OLD.bucket;
  END;
  PRAGMA application_id = ${applicationId};
`;

/** What SQLite's error codes mean for the user. */
const advice: Record<number, string> = {
  5: 'Another process keeps it locked: try again.',
  8: 'Let this user write the file and its folder.',
  11: 'The file is damaged: move it away, or put a backup in its place.',
  13: 'The disk is full: free some space.',
  14: 'Is it a folder, or may this user not read it?',
  26: 'It is no SQLite database: choose another path.',
};
/** The file is away, damaged or another one: it is opened anew for the next operation. */
const unusable = [8, 10, 11, 14, 26];

/** An open file. */
interface Connection {
  readonly handle: DatabaseSync;
  readonly file: bigint | undefined;
  readonly statements: Map<string, StatementSync>;
  readonly buckets: Map<string, number>;
}

/** The file and its statements; opened when it is first needed, and again after it was away. */
export class Database {
  readonly #path: string;
  readonly #timeout: number;
  #connection: Connection | undefined;
  #lastLook = 0;
  #isClosed = false;

  /** @param timeout milliseconds to wait for other processes that write */
  constructor(path: string, timeout: number) {
    this.#path = path;
    this.#timeout = timeout;
  }

  /** A prepared statement; within `guard` only. */
  statement(sql: string): StatementSync {
    const { handle, statements } = this.#open();
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = handle.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }

  /** The number of a bucket, which is made if need be; within `guard` only. */
  bucket(name: string): number {
    const { buckets } = this.#open();
    let id = buckets.get(name);
    if (id === undefined) {
      const find = this.statement('SELECT id FROM buckets WHERE name = ?');
      if (find.get(name) === undefined) {
        this.statement('INSERT INTO buckets (name) VALUES (?) ON CONFLICT DO NOTHING').run(name);
      }
      id = Number(find.get(name)?.id);
      buckets.set(name, id);
    }
    return id;
  }

  /** Runs it on one state of the file and, for `IMMEDIATE`, with nobody else writing; all of it happens or nothing. */
  transaction<T>(kind: 'IMMEDIATE' | 'DEFERRED', act: () => T): T {
    const { handle } = this.#open();
    this.statement(`BEGIN ${kind}`).run();
    try {
      const result = act();
      this.statement('COMMIT').run();
      return result;
    } catch (error) {
      // SQLite itself has rolled back after some failures, such as that of a full disk.
      if (handle.isTransaction) handle.exec('ROLLBACK');
      throw error;
    }
  }

  /** Runs one operation, and tells a failure of SQLite as one of the store. */
  guard<T>(what: string, act: () => T): T {
    try {
      this.#look();
      return act();
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
      if (unusable.includes(code)) this.#drop();
      const hint = advice[code] === undefined ? '' : `. ${advice[code]}`;
      const reason = `sqlite: ${what} failed on ${this.#path}: ${reasonOf(cause)}${hint}`;
      throw new StoreError('other', reason, { cause });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #open(): Connection {
    if (this.#isClosed) throw new StoreError('other', `sqlite: ${this.#path} is closed`);
    this.#connection ??= connect(this.#path, this.#timeout);
    return this.#connection;
  }

  /** A file that somebody has removed can be written on for long, and all of it would be lost at the end. */
  #look(): void {
    const now = performance.now();
    if (this.#connection === undefined || now - this.#lastLook < lookInterval) return;
    this.#lastLook = now;
    if (fileNumber(this.#path) !== this.#connection.file) this.#drop();
  }

  #drop(): void {
    this.#connection?.handle.close();
    this.#connection = undefined;
  }
}

function connect(path: string, timeout: number): Connection {
  mkdirSync(dirname(path), { recursive: true });
  const handle = new DatabaseSync(path, { timeout });
  try {
    const isNew = !isOurs(handle, path);
    useWal(handle, timeout);
    handle.exec('PRAGMA synchronous = NORMAL;');
    if (isNew) handle.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
  } catch (error) {
    handle.close();
    throw error;
  }
  return { handle, file: fileNumber(path), statements: new Map(), buckets: new Map() };
}

/** SQLite does not wait for others while it changes the journal mode, so two hosts that make one file do it here. */
function useWal(handle: DatabaseSync, timeout: number): void {
  const end = performance.now() + timeout;
  for (;;) {
    try {
      handle.exec('PRAGMA journal_mode = WAL;');
      return;
    } catch (error) {
      if (!/locked/.test(reasonOf(error)) || performance.now() >= end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 + Math.random() * 5);
    }
  }
}

/** `false` for an empty file. Throws a `StoreError` for somebody else's database, and leaves it as it is. */
function isOurs(handle: DatabaseSync, path: string): boolean {
  // Another host may be making the tables: both answers have to be of one moment.
  handle.exec('BEGIN');
  const id = handle.prepare('PRAGMA application_id').get()?.application_id;
  const tables = handle.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  handle.exec('COMMIT');
  if (id === applicationId) return true;
  if (id === 0 && tables.length === 0) return false;
  const names = tables.map(({ name }) => name).join(', ');
  throw new StoreError(
    'other',
    `sqlite: ${path} is a database of another program (tables: ${names}), nothing was changed; choose another path`,
  );
}

function fileNumber(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
