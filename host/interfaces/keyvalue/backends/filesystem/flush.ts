import { closeSync, fsync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { systemCode } from '../../../../shared/system-code.ts';
import { makeFolder } from '../make-folder.ts';

const flushFile = promisify(fsync);

/** Makes a folder and those that it is in, and brings their names to the disk: what is kept in them depends on it. */
export function makeLastingFolder(path: string): void {
  const first = makeFolder(path);
  if (first === undefined) return;
  for (let parent = dirname(path); parent.length >= dirname(first).length; parent = dirname(parent)) {
    flushNow(parent);
    if (parent === dirname(parent)) return;
  }
}

/** Brings the names in a folder to the disk, and keeps the thread meanwhile. */
export function flushNow(path: string): void {
  const folder = openFolder(path);
  if (folder === undefined) return;
  fsyncSync(folder);
  closeSync(folder);
}

/** Brings the names in a folder to the disk. Whoever asks while it is being done shares the next time. */
export class FolderFlush {
  readonly #folder: string;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every change of the folder up to now is on the disk when it resolves. */
  flush(): Promise<void> {
    if (this.#running === undefined) return this.#run();
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.#run();
      });
    return this.#next;
  }

  #run(): Promise<void> {
    this.#running = flushFolder(this.#folder).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}

async function flushFolder(path: string): Promise<void> {
  const folder = openFolder(path);
  if (folder === undefined) return;
  try {
    await flushFile(folder);
  } finally {
    closeSync(folder);
  }
}

/** `undefined` where there is nothing to flush: the folder is gone, and what was in it with it. */
function openFolder(path: string): number | undefined {
  // Windows opens no folders; there the file system's journal has to do.
  if (process.platform === 'win32') return undefined;
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
