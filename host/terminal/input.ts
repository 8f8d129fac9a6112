import { createReadStream, fstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { fileReason, isOfSystem } from '../shared/file-reason.ts';
import { HostError } from '../shared/host-error.ts';
import { NotPlainFile, openPlainFile } from '../shared/plain-file.ts';
import type { CommandContext } from './command-context.ts';

/** What a command reads. */
interface Input {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** For people. */
  readonly name: string;
  /** In bytes, where that is known. */
  readonly size: number | undefined;
}

/** What a shell gives as the name of something that is open already: `<(zcat backup.gz)`. */
const descriptor = /^\/dev\/(?:stdin|fd\/\d+)$/;

/**
 * Opens a file, or standard input for `-` and where none is given. Reading ends with an `AbortError` when the command is to end.
 *
 * @throws {HostError} `usage`, where it is no file that can be read
 */
export async function inputOf(file: string | undefined, context: CommandContext): Promise<Input> {
  const { cwd, stdin, signal } = context;
  const name = file === undefined || file === '-' ? 'standard input' : file === '' ? '""' : file;
  if (file === undefined || file === '-') {
    requireInput(stdin, name);
    return { chunks: addAbortSignal(signal, stdin), name, size: undefined };
  }
  if (descriptor.test(file)) return { chunks: createReadStream(file, { signal }), name, size: undefined };
  try {
    if (file === '') throw new NotPlainFile('is no name that a file can have');
    const handle = await openPlainFile(resolve(cwd, file));
    const { size } = await handle.stat();
    return { chunks: handle.createReadStream({ signal }), name, size };
  } catch (cause) {
    const advice =
      cause instanceof NotPlainFile && file !== '' ? ' Give what is in it on standard input.' : '';
    throw unreadable(name, cause, advice);
  }
}

/**
 * Reads all of an input that is held in memory.
 *
 * @param most bytes that it may have
 * @throws {HostError} `usage`, where it can't be read or is longer
 */
export async function readWhole({ chunks, name, size }: Input, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const requireRoom = (bytes: number): void => {
    if (bytes > most)
      throw new HostError('usage', `${name} has more than ${most} bytes, the most of a value.`);
  };
  requireRoom(size ?? 0);
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      requireRoom(length);
      parts.push(Buffer.from(chunk));
    }
  } catch (cause) {
    throw isOfSystem(cause) ? unreadable(name, cause) : cause;
  }
  return Buffer.concat(parts);
}

/**
 * Node takes what it can't read for something without contents: a folder, say, or a disk.
 *
 * @throws {HostError} `usage`
 */
export function requireInput(stdin: Readable, name = 'standard input'): void {
  if (!('fd' in stdin) || typeof stdin.fd !== 'number') return;
  const stats = fstatSync(stdin.fd);
  const what = stats.isDirectory() ? 'a folder' : stats.isBlockDevice() ? 'a disk' : undefined;
  if (what !== undefined) throw unreadable(name, new NotPlainFile(`is ${what}`));
}

function unreadable(name: string, cause: unknown, advice = ''): HostError {
  const reason = fileReason(cause).replace(/^(?!can't)/, "can't be read: it ");
  return new HostError('usage', `${name} ${reason}.${advice}`, { cause });
}
