import { readdirSync, readFileSync } from 'node:fs';
import { FolderFlush } from '../../../keyvalue/backends/filesystem/flush.ts';
import { fileFailure, isMissing } from '../file-failures.ts';

/** The folders in a folder. */
export function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export function readName(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileFailure(error);
  }
}

/** Of so many folders it is known who flushes them; then all are forgotten, which costs nothing but a flush. */
const mostFlushes = 1000;

/** Brings the names in folders to the disk. Who asks for a folder while it is being done shares the next time with others. */
export class FolderFlushes {
  #folders = new Map<string, FolderFlush>();

  async flush(folder: string): Promise<void> {
    let flush = this.#folders.get(folder);
    if (flush === undefined) {
      if (this.#folders.size >= mostFlushes) this.#folders = new Map();
      flush = new FolderFlush(folder);
      this.#folders.set(folder, flush);
    }
    await flush.flush();
  }
}
