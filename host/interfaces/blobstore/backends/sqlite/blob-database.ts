import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { StoreError } from '../../../keyvalue/backends/backend.ts';
import { codeOf, type DatabaseFormat } from '../../../keyvalue/backends/sqlite/connect.ts';
import { Database } from '../../../keyvalue/backends/sqlite/database.ts';
import { BlobError, type BlobErrorCase } from '../backend.ts';

/**
 * An object names a blob, which copies share; a blob is in chunks. `free` is null while an object names it; else it is the time from
 * which on it may be removed, in milliseconds since 1970: at once, or for an upload that is under way after long without a write.
 */
const blobFormat: DatabaseFormat = {
  // 'kvbl'
  applicationId: 0x6b76626c,
  schema: `
  CREATE TABLE IF NOT EXISTS containers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS objects (
    container INTEGER NOT NULL,
    name BLOB NOT NULL,
    blob INTEGER NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (container, name)
  );
  CREATE INDEX IF NOT EXISTS object_blob ON objects (blob);
  CREATE TABLE IF NOT EXISTS blobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    size INTEGER NOT NULL,
    free INTEGER
  );
  CREATE INDEX IF NOT EXISTS blob_free ON blobs (free) WHERE free IS NOT NULL;
  CREATE TABLE IF NOT EXISTS chunks (
    blob INTEGER NOT NULL,
    number INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (blob, number)
  );
`,
};

/** What SQLite's error codes are to a guest. */
const cases: Readonly<Record<number, BlobErrorCase>> = {
  5: 'timeout',
  8: 'access-denied',
  13: 'quota-exceeded',
  14: 'store-unavailable',
};

/** The file, whose failures are `BlobError`s. */
export class BlobDatabase {
  readonly #path: string;
  readonly #database: Database;
  readonly #timeout: number;

  /** @param timeout milliseconds to wait for other processes that write */
  constructor(path: string, timeout: number) {
    this.#path = path;
    this.#timeout = timeout;
    this.#database = new Database(path, timeout, blobFormat);
  }

  /** A prepared statement; within `read` and `change` only. */
  statement(sql: string): StatementSync {
    return this.#database.statement(sql);
  }

  read<T>(act: () => T): T {
    return guarded(() => this.#database.guard('read', act));
  }

  /** All of it happens or nothing, with nobody else writing. */
  change<T>(act: () => T): T {
    return guarded(() => this.#database.guard('write', () => this.#database.transaction('IMMEDIATE', act)));
  }

  /** A connection of its own, in which everything stays as it is now until it is closed. */
  snapshot(): DatabaseSync {
    return this.read(() => {
      const handle = new DatabaseSync(this.#path, { timeout: this.#timeout, readOnly: true });
      handle.exec('BEGIN');
      return handle;
    });
  }

  close(): void {
    this.#database.close();
  }
}

/** Tells a failure of SQLite as a `BlobError`. */
export function guarded<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.cause instanceof BlobError) throw error.cause;
    throw new BlobError(cases[codeOf(error.cause)] ?? 'other', error.message, {
      cause: error.cause,
      guestMessage: error.guestMessage,
    });
  }
}
