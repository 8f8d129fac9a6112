import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Keys share locks by their hash; more of them let more writers of different keys go on at once. */
const lockCount = 16;

/**
 * Locks that hold between threads and processes, and that a process gives up when it ends, however it ends:
 * those of SQLite on files that stay empty. A lock file with a process id can't do that safely.
 */
export class FileLocks {
  readonly #folder: string;
  readonly #timeout: number;
  readonly #locks = new Map<number, DatabaseSync>();

  /** @param timeout milliseconds after which waiting for a lock fails */
  constructor(folder: string, timeout: number) {
    this.#folder = folder;
    this.#timeout = timeout;
  }

  /** Runs it while nobody else runs anything under the same hash. Throws SQLite's error when it takes too long. */
  hold<T>(hash: string, act: () => T): T {
    const lock = this.#lock(Number.parseInt(hash.slice(0, 4), 16) % lockCount);
    lock.exec('BEGIN IMMEDIATE');
    try {
      return act();
    } finally {
      lock.exec('ROLLBACK');
    }
  }

  close(): void {
    for (const lock of this.#locks.values()) lock.close();
    this.#locks.clear();
  }

  #lock(number: number): DatabaseSync {
    let lock = this.#locks.get(number);
    if (lock === undefined) {
      mkdirSync(this.#folder, { recursive: true });
      lock = new DatabaseSync(join(this.#folder, `${number}.lock`), { timeout: this.#timeout });
      this.#locks.set(number, lock);
    }
    return lock;
  }
}
