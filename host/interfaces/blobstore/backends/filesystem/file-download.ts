import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { systemCode } from '../../../../shared/system-code.ts';
import type { Download } from '../backend.ts';
import { usualChunk } from '../definition.ts';
import { fileFailure, linkRefused } from '../file-failures.ts';

const readSome = promisify(read);

/** In bytes; what is larger is read without keeping the thread from everything else. */
const smallRead = 64 * 1024;

/**
 * O_NOFOLLOW: a symbolic link is no object, wherever it leads. Windows has no such flag, and asks for rights to make links. O_NONBLOCK:
 * opening a named pipe would wait for its other end.
 */
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** An open file of an object. */
export interface OpenFile {
  readonly file: number;
  /** In bytes. */
  readonly length: number;
  /** When it was written, in milliseconds since 1970. */
  readonly written: number;
}

/** Opens a file; `undefined` where there is none: nothing, or a folder. Throws for a link. */
export function openFile(path: string): OpenFile | undefined {
  let file: number;
  try {
    file = openSync(path, readOnly);
  } catch (error) {
    if (systemCode(error) === 'ELOOP') throw linkRefused(path);
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ENXIO', 'ENAMETOOLONG'].includes(systemCode(error)))
      return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(file);
    if (stats.isFile()) return { file, length: stats.size, written: stats.mtimeMs };
  } catch (error) {
    closeSync(file);
    throw error;
  }
  closeSync(file);
  return undefined;
}

/** Reads a part of an object of which its file is open, and closes it. The file stays what it is when another one takes its place. */
export class FileDownload implements Download {
  readonly size: number;
  readonly length: number;
  readonly #file: number;
  #position: number;
  readonly #end: number;
  #isReading = false;
  #isClosed = false;

  /** @param offset where the object begins in the file */
  constructor({ file, length }: OpenFile, offset: number, start: number, end: number) {
    this.#file = file;
    this.size = length - offset;
    const from = Math.min(start, this.size);
    this.length = Math.min(end, this.size) - from;
    this.#position = offset + from;
    this.#end = this.#position + this.length;
  }

  read(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const wanted = Math.min(usualChunk, this.#end - this.#position);
    if (wanted === 0 || this.#isClosed) return undefined;
    const bytes = new Uint8Array(wanted);
    if (wanted > smallRead) return this.#readLater(bytes);
    try {
      return this.#took(bytes, readSync(this.#file, bytes, 0, wanted, this.#position));
    } catch (error) {
      throw fileFailure(error);
    }
  }

  async #readLater(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    this.#isReading = true;
    try {
      const { bytesRead } = await readSome(this.#file, bytes, 0, bytes.length, this.#position);
      return this.#took(bytes, bytesRead);
    } catch (error) {
      throw fileFailure(error);
    } finally {
      this.#isReading = false;
      if (this.#isClosed) closeSync(this.#file);
    }
  }

  #took(bytes: Uint8Array, count: number): Uint8Array {
    // Somebody else cut the file off: what there is would pass for all of it.
    if (count === 0)
      throw Object.assign(new Error('the file has become shorter'), { code: 'EIO', errno: -5 });
    this.#position += count;
    return count === bytes.length ? bytes : bytes.subarray(0, count);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isReading) closeSync(this.#file);
  }
}
