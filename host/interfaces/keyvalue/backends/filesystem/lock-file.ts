import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isError } from '../../../../shared/is-error.ts';
import { fileNumber } from '../file-number.ts';
import { makeFolder } from '../make-folder.ts';

/** SQLite's code for a lock that somebody else holds. */
const busy = 5;

/** A lock on a file, without waiting. Its process gives it up when it ends, however it ends. */
export class LockFile {
  readonly #path: string;
  #database: DatabaseSync | undefined;
  #file: bigint | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  tryAcquire(): boolean {
    const database = this.#open();
    try {
      database.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if (isError(error) && 'errcode' in error && error.errcode === busy) return false;
      this.close();
      throw error;
    }
    const file = fileNumber(this.#path);
    this.#file ??= file;
    if (file !== undefined && file === this.#file) return true;
    // The file was removed: others may hold the lock of another one by now.
    this.close();
    return false;
  }

  release(): void {
    this.#database?.exec('ROLLBACK');
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#file = undefined;
  }

  #open(): DatabaseSync {
    if (this.#database === undefined) {
      makeFolder(dirname(this.#path));
      this.#database = new DatabaseSync(this.#path, { timeout: 0 });
      // Otherwise each lock makes and removes a file for changes that never come.
      this.#database.exec('PRAGMA journal_mode = MEMORY');
    }
    return this.#database;
  }
}
