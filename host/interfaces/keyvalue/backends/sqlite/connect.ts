import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { reasonOf } from '../../../../shared/host-error.ts';
import { isError } from '../../../../shared/is-error.ts';
import { StoreError } from '../backend.ts';
import { makeFolder } from '../make-folder.ts';
import { isWriteRefusal } from '../system-errors.ts';
import { type DatabaseFiles, filesOf, realPath } from './database-files.ts';

/** What a database of ours has in it. */
export interface DatabaseFormat {
  /** Marks the file, in the header that SQLite keeps for this. */
  readonly applicationId: number;
  /** Marks a file that older hosts must not read any more. Default: there is none. */
  readonly newerId?: number;
  /** Makes the tables. */
  readonly schema: string;
  /** What the tables of a file lack that an older host made. Default: nothing. */
  readonly later?: {
    isMissing(handle: DatabaseSync): boolean;
    /** Adds it. */
    readonly schema: string;
    /** Stands in for it where the file can't be written. */
    readonly substitute: string;
  };
}

/**
 * Keys are blobs, so that SQLite compares them by their bytes. Versions are random and thus never come back;
 * `deleted` changes whenever a key of the bucket goes, and is the version of the keys that are absent. `mortal` is 1
 * where a time to live was set at the write: only those need an index of their age. `expires` is the end of a key that has one of its
 * own. Older hosts know no such column: they read and write the file all the same until a key has an end, when the file gets another
 * mark and they refuse it.
 */
export const bucketFormat: DatabaseFormat = {
  // 'kvsi'
  applicationId: 0x6b767369,
  // 'kvse'
  newerId: 0x6b767365,
  schema: `
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
`,
  later: {
    isMissing(handle) {
      const columns = handle.prepare("SELECT name FROM pragma_table_info('entries')").all();
      return !columns.some(({ name }) => name === 'expires');
    },
    schema: `
  ALTER TABLE entries ADD COLUMN expires INTEGER;
  CREATE INDEX entry_end ON entries (bucket, expires) WHERE expires IS NOT NULL;
`,
    substitute: 'CREATE TEMP VIEW entries AS SELECT *, NULL AS expires FROM main.entries',
  },
};

/** SQLite's codes for a file that this user may not write, and for one that can't be opened. */
const [readOnlyCode, cannotOpen] = [8, 14];
/** How often a file is opened in whose place another one is put meanwhile. */
const mostAttempts = 3;

/** A file that was opened. */
export interface Opened {
  readonly handle: DatabaseSync;
  /** The path without links. */
  readonly path: string;
  /** What lay at the path then. */
  readonly files: DatabaseFiles;
  /**
   * `'fixed'` where its folder can't be written either, so that SQLite can't follow what others write: the file counts
   * as unchanging until it is seen to have changed.
   */
  readonly access: 'write' | 'read' | 'fixed';
}

/**
 * Opens a database, which is made where there is none; one that this user may not write is opened for reading.
 * @param timeout milliseconds to wait for other processes that write
 */
export function connect(path: string, timeout: number, format: DatabaseFormat): Opened {
  makeFolder(dirname(path));
  for (let attempt = 1; ; attempt += 1) {
    const before = filesOf(realPath(path)).database;
    const opened = open(realPath(path), timeout, format);
    const isSame = before === undefined || before === opened.files.database;
    if (isSame || attempt === mostAttempts) return opened;
    opened.handle.close();
  }
}

function open(path: string, timeout: number, format: DatabaseFormat): Opened {
  try {
    return openToWrite(path, timeout, format);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw error;
    return openToRead(path, timeout, format, error);
  }
}

function openToWrite(path: string, timeout: number, format: DatabaseFormat): Opened {
  const handle = new DatabaseSync(path, { timeout });
  try {
    // SQLite opens a file that can't be written for reading, without a word.
    accessSync(path, constants.W_OK);
    const isNew = !isOurs(handle, path, format);
    useWal(handle, timeout);
    handle.exec('PRAGMA synchronous = NORMAL;');
    const mark = `PRAGMA application_id = ${format.applicationId};`;
    if (isNew) handle.exec(`BEGIN IMMEDIATE; ${format.schema} ${mark} COMMIT;`);
    addWhatIsLater(handle, format);
    return { handle, path, files: filesOf(path), access: 'write' };
  } catch (error) {
    handle.close();
    throw error;
  }
}

function addWhatIsLater(handle: DatabaseSync, { later }: DatabaseFormat): void {
  if (later === undefined || !later.isMissing(handle)) return;
  handle.exec('BEGIN IMMEDIATE');
  // Another host may have done it meanwhile. What fails ends with the connection, and so does the transaction.
  if (later.isMissing(handle)) handle.exec(later.schema);
  handle.exec('COMMIT');
}

/** @param refusal why it can't be opened for writing */
function openToRead(path: string, timeout: number, format: DatabaseFormat, refusal: unknown): Opened {
  const files = filesOf(path);
  for (const access of ['read', 'fixed'] as const) {
    // What is in a log that can't be read would be missed.
    if (access === 'fixed' && hasLog(path)) break;
    const place = access === 'read' ? path : new URL(`${pathToFileURL(path).href}?immutable=1`);
    const handle = new DatabaseSync(place, { timeout, readOnly: true });
    try {
      if (!isOurs(handle, path, format)) throw refusal;
      if (format.later?.isMissing(handle)) handle.exec(format.later.substitute);
      return { handle, path, files, access };
    } catch (error) {
      handle.close();
      if (access === 'fixed' || !isRefusal(error)) throw error;
    }
  }
  throw refusal;
}

function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Whether it says that a file, or one beside it, can't be written or made. */
function isRefusal(error: unknown): boolean {
  return isWriteRefusal(error) || [readOnlyCode, cannotOpen].includes(codeOf(error));
}

/** SQLite's code of an error; 0 for any other error. */
export function codeOf(error: unknown): number {
  return isError(error) && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
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
function isOurs(handle: DatabaseSync, path: string, { applicationId, newerId }: DatabaseFormat): boolean {
  // Another host may be making the tables: both answers have to be of one moment.
  handle.exec('BEGIN');
  const id = handle.prepare('PRAGMA application_id').get()?.application_id;
  const tables = handle.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  handle.exec('COMMIT');
  if (id === applicationId || (newerId !== undefined && id === newerId)) return true;
  if (id === 0 && tables.length === 0) return false;
  const names = tables.map(({ name }) => name).join(', ');
  throw new StoreError(
    'other',
    `${path} is a database of another program (tables: ${names}), nothing was changed; choose another path`,
    { guestMessage: 'the file is a database of another program' },
  );
}
