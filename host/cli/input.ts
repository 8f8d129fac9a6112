import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { fileReason } from '../file-reason.ts';
import { HostError } from '../host-error.ts';
import { NotPlainFile, requirePlainFile } from '../plain-file.ts';
import type { CommandContext } from './command-context.ts';

/** What a command reads. */
export interface Input {
  readonly chunks: AsyncIterable<Uint8Array>;
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
  if (file === undefined || file === '-') return { chunks: addAbortSignal(signal, stdin), size: undefined };
  if (descriptor.test(file)) return { chunks: createReadStream(file, { signal }), size: undefined };
  try {
    const handle = await openPlainFile(resolve(cwd, file));
    const { size } = await handle.stat();
    return { chunks: handle.createReadStream({ signal }), size };
  } catch (cause) {
    const advice = cause instanceof NotPlainFile ? ' Give what is in it on standard input.' : '';
    const reason = fileReason(cause).replace(/^(?!can't)/, "can't be read: it ");
    throw new HostError('usage', `${file} ${reason}.${advice}`, { cause });
  }
}

async function openPlainFile(path: string): Promise<FileHandle> {
  await requirePlainFile(path);
  // It may be a named pipe by now, which must not be waited for.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new NotPlainFile('is no plain file any more');
}
