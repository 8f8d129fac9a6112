import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileFailure } from './backends/file-failures.ts';

/** How much is read back at a time, in bytes. */
const chunkSize = 256 * 1024;

/** Keeps what a guest writes before it has said where that goes, in a file that nobody else sees. */
export class Spool {
  readonly #path = join(tmpdir(), `kvasi-blob-${randomUUID()}`);
  #file: FileHandle | undefined;
  #isClosed = false;

  async write(bytes: Uint8Array): Promise<void> {
    try {
      const file = await this.#open();
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    } catch (error) {
      throw fileFailure(error);
    }
  }

  /** All that was written, from its start. */
  async *read(): AsyncGenerator<Uint8Array> {
    try {
      const file = await this.#open();
      for (let at = 0; ; ) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(chunkSize), 0, chunkSize, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      throw fileFailure(error);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file?.close();
    if (this.#file !== undefined) rmSync(this.#path, { force: true });
  }

  async #open(): Promise<FileHandle> {
    if (this.#file !== undefined) return this.#file;
    this.#file = await open(this.#path, 'wx+', 0o600);
    // Gone with the process, however that ends. Windows removes no file that is open.
    if (process.platform !== 'win32') rmSync(this.#path);
    return this.#file;
  }
}
