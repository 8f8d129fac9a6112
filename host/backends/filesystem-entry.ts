import {
  type BigIntStats,
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  futimesSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

/** What is known of a file that holds a value. */
export interface FileState {
  /** When it was written, in milliseconds since 1970. */
  readonly written: number;
  /** Differs between any two writes of the file. */
  readonly version: string;
}

export interface FileEntry extends FileState {
  readonly bytes: Uint8Array;
}

/** O_NOFOLLOW: a symbolic link is no key, wherever it leads. Windows has no such flag, and asks for rights to make links. */
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Reads a file. `undefined` when there is none: nothing, a folder, a link. */
export function readEntry(path: string): FileEntry | undefined {
  return withFile(path, (file, stats) => ({ ...stateOf(stats), bytes: readFileSync(file) }));
}

/** The same without its bytes. */
export function readState(path: string): FileState | undefined {
  return withFile(path, (_, stats) => stateOf(stats));
}

/**
 * Writes a file beside and puts it in place at once, so that no reader meets half of it. The bytes are on the
 * disk before they are in place.
 *
 * @param written becomes the modification time, in milliseconds since 1970
 */
export function writeEntry(path: string, temporary: string, bytes: Uint8Array, written: number): void {
  try {
    const file = openSync(temporary, 'wx');
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      futimesSync(file, written / 1000, written / 1000);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function withFile<T>(path: string, use: (file: number, stats: BigIntStats) => T): T | undefined {
  let file: number;
  try {
    file = openSync(path, readOnly);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(file, { bigint: true });
    return stats.isFile() ? use(file, stats) : undefined;
  } finally {
    closeSync(file);
  }
}

function stateOf({ ino, mtimeNs, size }: BigIntStats): FileState {
  return { written: Number(mtimeNs) / 1e6, version: `${ino}.${mtimeNs}.${size}` };
}

function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR' || code === 'EISDIR';
}
