import { closeSync, fsync, futimesSync, openSync, rmSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Upload } from '../backend.ts';
import { fileFailure } from '../file-failures.ts';

const flushFile = promisify(fsync);
const writeSome = promisify(write);

/** In bytes; what is larger is written without keeping the thread from everything else. */
const smallWrite = 64 * 1024;

/** A file beside, which is put in the object's place when all of it is on the disk. */
export class FileUpload implements Upload {
  readonly #path: string;
  readonly #file: number;
  readonly #place: (path: string) => Promise<void>;
  readonly #now: () => number;
  #isWriting = false;
  #isClosed = false;
  #isOver = false;

  /**
   * @param path where nothing is yet
   * @param place puts the file in its place
   */
  constructor(path: string, place: (path: string) => Promise<void>, now: () => number) {
    this.#path = path;
    this.#file = openSync(path, 'wx');
    this.#place = place;
    this.#now = now;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    this.#isWriting = true;
    try {
      for (let at = 0; at < chunk.length; ) {
        if (chunk.length <= smallWrite) at += writeSync(this.#file, chunk, at);
        else at += (await writeSome(this.#file, chunk, at, chunk.length - at)).bytesWritten;
      }
    } catch (error) {
      throw fileFailure(error);
    } finally {
      this.#isWriting = false;
      if (this.#isOver) this.#close();
    }
  }

  async finish(): Promise<void> {
    if (this.#isOver) return;
    try {
      const time = this.#now() / 1000;
      futimesSync(this.#file, time, time);
      this.#isWriting = true;
      await flushFile(this.#file);
      this.#isWriting = false;
      // Who gave it up meanwhile has removed the file.
      if (this.#isOver) return;
      this.#close();
      await this.#place(this.#path);
      this.#isOver = true;
    } catch (error) {
      throw fileFailure(error);
    } finally {
      this.#isWriting = false;
      if (this.#isOver) this.#close();
      else this.abort();
    }
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#isWriting) this.#close();
    rmSync(this.#path, { force: true });
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
  }
}
