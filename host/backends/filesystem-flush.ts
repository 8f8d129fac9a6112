import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const flushFile = promisify(fsync);

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
  // Windows opens no folders; there the file system's journal has to do.
  if (process.platform === 'win32') return;
  let folder: number;
  try {
    folder = openSync(path, 'r');
  } catch (error) {
    // The folder is gone, and what was in it with it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  try {
    await flushFile(folder);
  } finally {
    closeSync(folder);
  }
}
