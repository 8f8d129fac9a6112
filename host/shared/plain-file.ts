import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** A path leads to something whose contents can't be read from begin to end. */
export class NotPlainFile extends Error {
  override readonly name = 'NotPlainFile';
}

/**
 * Opening a named pipe would wait for its other end, and that wait keeps the process from ending. Windows has no such
 * flag and no such pipes.
 */
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a whole file.
 * @param most bytes that it may have. Default: as many as Node can hold
 * @throws {NotPlainFile} for a folder, a named pipe, a device or a socket, and for a file that is too long
 */
export async function readPlainFile(path: string, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  await using file = await openPlainFile(path);
  const { size } = await file.stat();
  if (size > most) throw new NotPlainFile(`has ${size} bytes; at most ${most} are read`);
  return await file.readFile();
}

/**
 * Opens a file for reading, and waits for nothing.
 * @param flags more of them, as `open` takes them
 * @throws {NotPlainFile} for a folder, a named pipe, a device or a socket
 */
export async function openPlainFile(path: string, flags = 0): Promise<FileHandle> {
  await requirePlainFile(path);
  const file = await open(path, readOnly | flags);
  try {
    // Another thing may have taken its place.
    check(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Throws a `NotPlainFile` for what is no file, and the system's error where there is nothing. */
export async function requirePlainFile(path: string): Promise<void> {
  check(await stat(path));
}

function check(stats: Stats): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a named pipe, no plain file'
      : stats.isSocket()
        ? 'a socket, no plain file'
        : 'a device, no plain file';
  throw new NotPlainFile(`is ${what}`);
}
