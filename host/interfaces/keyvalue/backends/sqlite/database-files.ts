import { realpathSync, rmSync, statSync } from 'node:fs';
import { fileNumber } from '../file-number.ts';

/** Kernels tell times by ticks of a few milliseconds. */
const restTime = 50;

/** The files of a database that is open, as they were found at its path. */
export interface DatabaseFiles {
  /** Which file it is; undefined where there is none. */
  readonly database: string | undefined;
  /** In bytes. A database that is in use never gets shorter. */
  readonly size: bigint;
  /** The log of the last changes, and the memory that its users share. */
  readonly beside: string;
  /** When the database was written last, in nanoseconds since 1970. */
  readonly written: bigint;
}

/**
 * Looks at the files of a database. Each is told from another one that has taken its place.
 * @param real where the path led when it was opened, beside which its log is
 */
export function filesOf(path: string, real = path): DatabaseFiles {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return {
    database: stats && `${stats.dev}.${stats.ino}`,
    size: stats?.size ?? 0n,
    beside: `${fileNumber(`${real}-wal`)} ${fileNumber(`${real}-shm`)}`,
    written: stats?.mtimeNs ?? 0n,
  };
}

/**
 * When a name in a folder last came, went or changed, and in which folder that was: one look that answers for all
 * files in it. `undefined` where that is so short ago that a further change might not show.
 */
export function namesOf(folder: string): string | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || Date.now() - stats.mtimeMs < restTime) return undefined;
  return `${stats.dev}.${stats.ino}.${stats.mtimeMs}`;
}

/** Removes what lies beside a database. */
export function removeBeside(real: string): void {
  for (const end of ['-wal', '-shm']) rmSync(real + end, { force: true });
}

/** Where SQLite has the files that lie beside a database: a link to it has none. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
