import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, rmSync, type Stats, type WriteStream } from 'node:fs';
import { access, chmod, chown, constants, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { HostError } from '../shared/host-error.ts';
import { systemCode } from '../shared/system-code.ts';
import { systemReason } from '../shared/system-reason.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'what should be its folder is a file',
  EPERM: 'this user may not write there',
};

/**
 * A file that is written beside its place and put there once it is complete: until then, and where that fails, what was
 * there stays. A device is written at once.
 */
export class ReplacedFile implements AsyncDisposable {
  readonly stream: WriteStream;
  readonly #name: string;
  readonly #path: string;
  readonly #beside: string | undefined;
  readonly #finished: Promise<void>;
  readonly #remove: () => void;

  private constructor(name: string, path: string, beside: string | undefined) {
    this.#name = name;
    this.#path = path;
    this.#beside = beside;
    this.stream = createWriteStream(beside ?? path, { flush: beside !== undefined });
    this.#finished = finished(this.stream);
    this.#finished.catch(() => {});
    // A second Ctrl-C ends the process without waiting for anything.
    this.#remove = () => beside !== undefined && rmSync(beside, { force: true });
    process.once('exit', this.#remove);
  }

  /**
   * @param name the file for people
   * @throws {HostError} `usage`, where there can't be such a file
   */
  static async create(path: string, name: string): Promise<ReplacedFile> {
    const place = await placeOf(path);
    const there = await stat(place).catch(() => undefined);
    if (path.endsWith('/') || there?.isDirectory())
      throw new HostError('usage', `${name} is a folder. Name a file in it.`);
    // A pipe would be waited for until somebody reads it.
    if (there?.isFIFO() || there?.isSocket())
      throw new HostError('usage', `${name} is no file. Leave it out to write to standard output.`);
    const isFile = there === undefined || there.isFile();
    const beside = isFile ? join(dirname(place), `.kvasi-${randomUUID()}`) : undefined;
    let file: ReplacedFile | undefined;
    try {
      if (there !== undefined) await access(place, constants.W_OK);
      file = new ReplacedFile(name, place, beside);
      await once(file.stream, 'open');
      if (beside !== undefined && there !== undefined) await keepRights(beside, there);
      return file;
    } catch (cause) {
      await file?.[Symbol.asyncDispose]();
      throw new HostError('usage', `${name} can't be written: ${reasonFor(cause)}.`, { cause });
    }
  }

  /**
   * Puts the file in its place. Throws a `HostError` where that fails.
   * @param check throws where what is there is not to be replaced; called right before that
   */
  async finish(check: () => Promise<void> = async () => {}): Promise<void> {
    this.stream.end();
    try {
      await this.#finished;
      await check();
      if (this.#beside !== undefined) await rename(this.#beside, this.#path);
    } catch (cause) {
      if (cause instanceof HostError) throw cause;
      throw new HostError('output', `${this.#name} can't be written: ${reasonFor(cause)}.`, { cause });
    }
  }

  /** Removes what was not finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#remove);
    this.stream.destroy();
    await this.#finished.catch(() => {});
    if (this.#beside !== undefined) await rm(this.#beside, { force: true }).catch(() => {});
  }
}

/** Where a path leads to: a link stays one. */
async function placeOf(path: string): Promise<string> {
  return await realpath(path).catch(async () => {
    const target = await readlink(path).catch(() => undefined);
    return target === undefined ? path : resolve(dirname(path), target);
  });
}

async function keepRights(path: string, { mode, uid, gid }: Stats): Promise<void> {
  const own = await stat(path);
  // Who may not give a file away keeps it.
  if (own.uid !== uid || own.gid !== gid) await chown(path, uid, gid).catch(() => {});
  await chmod(path, mode & 0o7777);
}

function reasonFor(cause: unknown): string {
  return reasons[systemCode(cause)] ?? systemReason(cause);
}
