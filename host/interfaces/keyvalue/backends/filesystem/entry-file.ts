import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  fsync,
  futimesSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { systemCode } from '../../../../shared/system-code.ts';

const flushFile = promisify(fsync);
const writeSome = promisify(write);
/** In bytes. */
const smallValue = 65_536;

/** What is known of a file that holds a value. */
export interface FileState {
  /** When it was written, in milliseconds since 1970. */
  readonly written: number;
  /** Differs between any two writes of the file. */
  readonly version: string;
}

interface FileEntry extends FileState {
  readonly bytes: Uint8Array;
}

/**
 * O_NOFOLLOW: a symbolic link is no key, wherever it leads. Windows has no such flag, and asks for rights to
 * make links. O_NONBLOCK: opening a named pipe would wait for its other end.
 */
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Reads a file. `undefined` when there is none: nothing, a folder, a link. */
export function readEntry(path: string): FileEntry | undefined {
  return withFile(path, (file, stats) => ({ ...stateOf(stats), bytes: readFileSync(file) }));
}

/** The same without its bytes. */
export function readState(path: string): FileState | undefined {
  return withFile(path, (_, stats) => stateOf(stats));
}

/** Up to `length` bytes of a file from its start. */
export function readStart(path: string, length: number): Uint8Array | undefined {
  return withFile(path, (file) => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  });
}

/**
 * Writes a file beside and puts it in place at once, so that no reader meets half of it. The bytes are on the
 * disk before they are in place; the new name is there once the folder is flushed.
 *
 * @param now milliseconds since 1970, becomes the modification time
 */
export async function writeEntry(
  path: string,
  temporary: string,
  bytes: Uint8Array,
  now: number,
): Promise<void> {
  const file = openSync(temporary, 'wx');
  try {
    try {
      await writeAll(file, bytes);
      const time = preciseTime(now) / 1000;
      futimesSync(file, time, time);
      await flushFile(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Small values at once, large ones without keeping the thread from everything else. */
async function writeAll(file: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length <= smallValue) at += writeSync(file, bytes, at);
    else at += (await writeSome(file, bytes, at, bytes.length - at, at)).bytesWritten;
  }
}

/**
 * Milliseconds with microseconds of the machine's steady clock in the fraction: two moments within one
 * millisecond differ, and whole milliseconds stay what they are.
 */
export function preciseTime(now: number): number {
  const microseconds = Number((process.hrtime.bigint() / 1000n) % 1000n);
  // Never quite 0: seconds as a floating-point number are off by up to a quarter of a microsecond.
  return Math.floor(now) + (0.5 + microseconds * 0.999) / 1000;
}

/** Whether it says that there is no such file. */
export function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ELOOP', 'ENOTDIR', 'EISDIR', 'ENXIO', 'ENAMETOOLONG'].includes(systemCode(error));
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

/**
 * A file's number can be used again at once, and kernels tell times only by ticks of milliseconds; the
 * microseconds that `writeEntry` puts into the modification time keep two writes apart all the same. The
 * change time tells writes of others, and those of hosts whose clock was set back.
 */
function stateOf({ ino, mtimeNs, ctimeNs, size }: BigIntStats): FileState {
  return { written: Number(mtimeNs / 1_000_000n), version: `${ino}.${mtimeNs}.${ctimeNs}.${size}` };
}
