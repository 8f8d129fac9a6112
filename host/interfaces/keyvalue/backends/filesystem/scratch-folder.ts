import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../../../shared/system-code.ts';
import { makeFolder } from '../make-folder.ts';
import { makeLastingFolder } from './flush.ts';
import { LockFile } from './lock-file.ts';

/** What has no owner that could be asked is of a process that was killed when it is that old, in milliseconds. */
const abandonedAge = 3_600_000;
const lockEnding = '.lock';
/** A new lock is missed only where another host sweeps at that moment, or where there are no locks. */
const mostAttempts = 5;

/**
 * Where a store keeps what is half written or half removed: `<parent>/<id>`, beside those of other hosts on the same files. Its owner
 * holds the lock `<id>.lock` for as long as it lives, so that others see what is left of one that was killed and remove it.
 */
export class ScratchFolder {
  readonly #parent: string;
  #own: Claim | undefined;

  /** @param parent the folder that all hosts on these files share */
  constructor(parent: string) {
    this.#parent = parent;
  }

  /** Makes the shared folder, and removes what those have left who are gone. */
  sweep(): void {
    makeLastingFolder(this.#parent);
    const names = new Set(readdirSync(this.#parent));
    for (const name of names) {
      if (name.endsWith(lockEnding)) this.#removeUnlessHeld(name.slice(0, -lockEnding.length));
      else if (!names.has(`${name}${lockEnding}`)) removeIfOld(join(this.#parent, name));
    }
  }

  /** A path at which nothing is yet. */
  newPath(): string {
    if (this.#own === undefined || !existsSync(this.#own.folder)) {
      this.#own?.lock?.close();
      this.#own = this.#claim();
    }
    return join(this.#own.folder, randomUUID());
  }

  /** Gives it up; where something is still being written, with the end of the process. */
  close(): void {
    const own = this.#own;
    if (own?.lock === undefined) return;
    try {
      rmdirSync(own.folder);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') return;
    }
    this.#own = undefined;
    removeLock(own.folder, own.lock);
  }

  #claim(): Claim {
    makeLastingFolder(this.#parent);
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const folder = join(this.#parent, randomUUID());
      const lock = new LockFile(`${folder}${lockEnding}`);
      if (isAcquired(lock)) {
        makeFolder(folder);
        return { folder, lock };
      }
      lock.close();
    }
    // Without locks only the age tells what was left.
    return { folder: this.#parent, lock: undefined };
  }

  #removeUnlessHeld(id: string): void {
    const folder = join(this.#parent, id);
    if (folder === this.#own?.folder) return;
    const lock = new LockFile(`${folder}${lockEnding}`);
    if (isAcquired(lock)) {
      rmSync(folder, { recursive: true, force: true });
      removeLock(folder, lock);
    } else lock.close();
  }
}

interface Claim {
  readonly folder: string;
  /** Undefined where the file system has none. */
  readonly lock: LockFile | undefined;
}

/** False also where the file system can't lock. */
function isAcquired(lock: LockFile): boolean {
  try {
    return lock.tryAcquire();
  } catch {
    return false;
  }
}

/** While it is held, so that nobody takes one that is about to go. Windows removes no file that is open. */
function removeLock(folder: string, lock: LockFile): void {
  const path = `${folder}${lockEnding}`;
  if (process.platform !== 'win32') rmSync(path, { force: true });
  lock.close();
  rmSync(path, { force: true });
}

function removeIfOld(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || Date.now() - stats.ctimeMs <= abandonedAge) return;
  rmSync(path, { recursive: true, force: true });
}
