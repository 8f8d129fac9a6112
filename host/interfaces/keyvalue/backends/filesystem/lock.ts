import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MaybePromise } from '../../../../shared/maybe-promise.ts';
import { LockFile } from './lock-file.ts';

/** Keys share locks by their hash; more of them let more writers of different keys go on at once. */
const lockCount = 16;

/**
 * Locks that hold between threads and processes, and that a process gives up when it ends, however it ends:
 * those of SQLite on files that stay empty. A lock file with a process id can't do that safely.
 */
export class FileLocks {
  readonly #folder: string;
  readonly #timeout: number;
  readonly #locks = new Map<number, KeyLock>();
  #isClosed = false;

  /** @param timeout milliseconds after which waiting for a lock fails */
  constructor(folder: string, timeout: number) {
    this.#folder = folder;
    this.#timeout = timeout;
  }

  /** Runs it while nobody else runs anything under the same hash. Fails when that takes too long. */
  hold<T>(hash: string, act: () => MaybePromise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('the store is closed');
    const number = Number.parseInt(hash.slice(0, 4), 16) % lockCount;
    let lock = this.#locks.get(number);
    if (lock === undefined) {
      lock = new KeyLock(this.#folder, number);
      this.#locks.set(number, lock);
    }
    return lock.hold(this.#timeout, act);
  }

  /** Waits for whoever holds a lock in this thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#locks.values()].map((lock) => lock.close()));
    this.#locks.clear();
  }
}

/** One lock: a queue within the thread, two files between threads and processes. */
class KeyLock {
  /**
   * Held while waiting for the lock and given up once it is held. Whoever gives the lock up has to wait at the
   * gate behind those who stand there already, so that a busy process does not starve the others.
   */
  readonly #gate: LockFile;
  readonly #lock: LockFile;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, number: number) {
    this.#gate = new LockFile(join(folder, `${number}.gate`));
    this.#lock = new LockFile(join(folder, `${number}.lock`));
  }

  hold<T>(timeout: number, act: () => MaybePromise<T>): Promise<T> {
    const deadline = performance.now() + timeout;
    const turn = this.#last.then(() => this.#holdNow(deadline, timeout, act));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    await this.#last;
    this.#gate.close();
    this.#lock.close();
  }

  async #holdNow<T>(deadline: number, timeout: number, act: () => MaybePromise<T>): Promise<T> {
    await this.#acquire(this.#gate, deadline, timeout);
    try {
      await this.#acquire(this.#lock, deadline, timeout);
    } finally {
      this.#gate.release();
    }
    try {
      return await act();
    } finally {
      this.#lock.release();
    }
  }

  async #acquire(file: LockFile, deadline: number, timeout: number): Promise<void> {
    while (!file.tryAcquire()) {
      if (performance.now() > deadline) {
        throw new Error(
          `another process holds the lock; waited ${timeout} ms, nothing was changed; try again`,
        );
      }
      await sleep(1);
    }
  }
}
