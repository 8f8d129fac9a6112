import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FolderFlush } from '../../../keyvalue/backends/filesystem/flush.ts';
import { fileFailure, isMissing } from '../file-failures.ts';

/** A temporary file that old is of a process that was killed, in milliseconds. */
const abandonedAge = 3_600_000;

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

/** What was half written or half removed when its process was killed. */
export function removeAbandoned(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    const path = join(temporary, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || Date.now() - stats.ctimeMs <= abandonedAge) continue;
    rmSync(path, { recursive: true, force: true });
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
