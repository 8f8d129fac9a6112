import { dirname } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import { StoreError } from '../backend.ts';
import { adviceFor, storeFailure } from '../system-errors.ts';
import { bucketFormat, codeOf, connect, type DatabaseFormat, type Opened } from './connect.ts';
import { filesOf, namesOf, removeBeside } from './database-files.ts';

/** How often it is looked before a read whether the file is still the one that was opened, in milliseconds. */
const lookInterval = 1000;

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

/** The number of a bucket that is not there and can't be made. */
const noBucket = -1;
/** Of so many buckets the numbers are kept; then they are read again. */
const mostKnown = 10_000;

/** An open file. */
interface Connection extends Opened {
  readonly statements: Map<string, StatementSync>;
  readonly buckets: Map<string, number>;
}

/** The file and its statements; opened when it is first needed, and again after it was away. */
export class Database {
  readonly #path: string;
  readonly #timeout: number;
  readonly #format: DatabaseFormat;
  #connection: Connection | undefined;
  #lastLook = 0;
  /** Of the folder in which all files were found to be those that were opened. */
  #quietNames: string | undefined;
  #isClosed = false;
  /** What `state` has looked at last, and how many that were. */
  #seen: unknown;
  #openings = 0;

  /** @param timeout milliseconds to wait for other processes that write */
  constructor(path: string, timeout: number, format: DatabaseFormat = bucketFormat) {
    this.#path = path;
    this.#format = format;
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

  /** The number of a bucket, which is made if need be and if it can be; within `guard` only. */
  bucket(name: string): number {
    const { buckets, access } = this.#open();
    let id = buckets.get(name);
    if (id === undefined) {
      const find = this.statement('SELECT id FROM buckets WHERE name = ?');
      if (find.get(name) === undefined && access === 'write') {
        this.statement('INSERT INTO buckets (name) VALUES (?) ON CONFLICT DO NOTHING').run(name);
      }
      const found = find.get(name);
      id = found === undefined ? noBucket : Number(found.id);
      if (buckets.size >= mostKnown) buckets.clear();
      if (id !== noBucket) buckets.set(name, id);
    }
    return id;
  }

  /** Differs once another connection has changed something; within `guard` only. Source: `PRAGMA data_version` of SQLite. */
  state(): string {
    const { handle } = this.#open();
    if (this.#seen !== handle) {
      this.#seen = handle;
      this.#openings += 1;
    }
    return `${this.#openings} ${this.statement('PRAGMA data_version').get()?.data_version}`;
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

  /** Marks the file as one that older hosts must not read any more; within a transaction only. */
  markNewer(): void {
    const { handle, access } = this.#open();
    const { newerId } = this.#format;
    if (newerId === undefined || access !== 'write') return;
    const id = this.statement('PRAGMA application_id').get()?.application_id;
    if (id !== newerId) handle.exec(`PRAGMA application_id = ${newerId}`);
  }

  /** Runs one operation, and tells a failure of SQLite as one of the store. */
  guard<T>(kind: 'read' | 'write', act: () => T): T {
    try {
      this.#look(kind === 'write');
      return act();
    } catch (cause) {
      const code = codeOf(cause);
      if (unusable.includes(code)) this.#drop();
      const hint = advice[code] === undefined ? adviceFor(cause) : `. ${advice[code]}`;
      throw storeFailure(cause, 'sqlite failed', ` on ${this.#path}`, hint);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #open(): Connection {
    if (this.#isClosed) {
      throw new StoreError('other', `${this.#path} is closed`, {
        guestMessage: 'the store is closed',
      });
    }
    this.#connection ??= {
      ...connect(this.#path, this.#timeout, this.#format),
      statements: new Map(),
      buckets: new Map(),
    };
    return this.#connection;
  }

  /**
   * A file that somebody has removed, or put another one in its place, can be written on for long, and all of it would
   * be lost at the end. So it is looked at before each write: at the folder, whose time tells that none of its names has
   * changed, and where that is no answer at each of the files.
   */
  #look(isWrite: boolean): void {
    if (this.#connection === undefined) return;
    const now = performance.now();
    if (!isWrite && now - this.#lastLook < lookInterval) return;
    this.#lastLook = now;
    const { handle, path, files, access } = this.#connection;
    // Before the files: what changes after that shows the next time.
    const names = this.#names(path);
    if (isWrite && names !== undefined && names === this.#quietNames) return;
    this.#quietNames = undefined;
    const found = filesOf(this.#path, path);
    const isSame = found.database === files.database && found.size >= files.size;
    const isBeside = access === 'read' || found.beside === files.beside;
    const isUnchanged = access !== 'fixed' || found.written === files.written;
    if (isSame && isBeside && isUnchanged) {
      this.#quietNames = names;
      return;
    }
    // SQLite takes a log for that of whatever database lies beside it, and would mix the two.
    if (found.database !== files.database && isBeside && access === 'write') removeBeside(path);
    // Without its log the database lacks what was written last; this still has it.
    if (isSame && access === 'write') handle.exec('PRAGMA wal_checkpoint(FULL)');
    this.#drop();
  }

  /** Of the folder that the path names, and of the one that a link there leads to. */
  #names(real: string): string | undefined {
    const [own, other] = [dirname(this.#path), dirname(real)];
    const names = namesOf(own);
    if (own === other || names === undefined) return names;
    const others = namesOf(other);
    return others === undefined ? undefined : `${names} ${others}`;
  }

  #drop(): void {
    this.#quietNames = undefined;
    this.#connection?.handle.close();
    this.#connection = undefined;
  }
}
