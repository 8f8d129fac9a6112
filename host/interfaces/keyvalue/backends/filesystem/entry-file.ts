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
  /** See `markOf`. */
  readonly mark: string | undefined;
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

/** So many times are tried until one tells a write from the others of its key: within a millisecond, and where only seconds are kept. */
const [fineTimes, coarseTimes] = [10, 4];

/**
 * Writes a file beside and puts it in place at once, so that no reader meets half of it. The bytes are on the
 * disk before they are in place; the new name is there once the folder is flushed.
 *
 * @param now milliseconds since 1970, becomes the modification time
 * @param hasEnd whether the modification time is to tell that the key has an end of its own
 * @param accept told of the file's mark, if it has one, before the file is put in place; false for a mark that can't be had
 */
export async function writeEntry(
  path: string,
  temporary: string,
  bytes: Uint8Array,
  { now, hasEnd }: { readonly now: number; readonly hasEnd: boolean },
  accept: (mark: string) => boolean | Promise<boolean>,
): Promise<void> {
  const settle = async (file: number): Promise<void> => {
    for (let attempt = 0; attempt < fineTimes + coarseTimes; attempt += 1) {
      const isFine = attempt < fineTimes;
      const time = isFine
        ? entryTime(now, hasEnd, attempt)
        : Math.floor(now) + 1000 * 2 ** (attempt - fineTimes);
      futimesSync(file, time / 1000, time / 1000);
      const mark = markOf(fstatSync(file, { bigint: true }).mtimeNs);
      if (mark === undefined ? !hasEnd : await accept(mark)) return;
    }
    throw new Error('the file system keeps no times that tell one write from another');
  };
  await writeFlushed(temporary, bytes, () => renameSync(temporary, path), settle);
}

/** Writes a new file, brings it to the disk and does what is to follow; where any of that fails, the file is removed. */
export async function writeFlushed(
  path: string,
  bytes: Uint8Array,
  then: () => void,
  settle?: (file: number) => Promise<void>,
): Promise<void> {
  const file = openSync(path, 'wx');
  try {
    try {
      await writeAll(file, bytes);
      await settle?.(file);
      await flushFile(file);
    } finally {
      closeSync(file);
    }
    then();
  } catch (error) {
    rmSync(path, { force: true });
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
  return withMicroseconds(now, microseconds());
}

/** The same for a file with a value. The last of a hundred microseconds is for keys that have an end of their own. */
function entryTime(now: number, hasEnd: boolean, attempt: number): number {
  const count = (microseconds() + 100 * attempt) % 1000;
  const part = count % 100;
  return withMicroseconds(now, count - part + (hasEnd ? 99 : Math.min(part, 98)));
}

function microseconds(): number {
  return Number((process.hrtime.bigint() / 1000n) % 1000n);
}

function withMicroseconds(now: number, count: number): number {
  // In the middle of one: seconds as a floating-point number are off by up to a quarter of a microsecond.
  return Math.floor(now) + (0.5 + count) / 1000;
}

/**
 * Tells a value's file from the others of its key; `undefined` where its time tells that the key has no end of its own. A file of
 * another program may have a mark by chance, and all have one where the file system keeps no fraction of a millisecond.
 */
function markOf(mtimeNs: bigint): string | undefined {
  const fraction = Number(mtimeNs % 1_000_000n);
  return fraction === 0 || fraction % 100_000 >= 99_000 ? String(mtimeNs) : undefined;
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
  return {
    written: Number(mtimeNs / 1_000_000n),
    version: `${ino}.${mtimeNs}.${ctimeNs}.${size}`,
    mark: markOf(mtimeNs),
  };
}
