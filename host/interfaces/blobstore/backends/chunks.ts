import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import type { Upload } from './backend.ts';

/** Gathers what is written in pieces of any size into chunks of one. */
export class ChunkWriter {
  readonly #upload: Upload;
  readonly #size: number;
  #chunk: Uint8Array | undefined;
  #used = 0;

  constructor(upload: Upload, size: number) {
    this.#upload = upload;
    this.#size = size;
  }

  /** Takes the bytes over. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const rest = bytes.length - at;
      if (this.#used === 0 && rest >= this.#size) {
        await this.#upload.write(bytes.subarray(at, at + this.#size));
        at += this.#size;
        continue;
      }
      this.#chunk ??= new Uint8Array(this.#size);
      const count = Math.min(rest, this.#size - this.#used);
      this.#chunk.set(bytes.subarray(at, at + count), this.#used);
      this.#used += count;
      at += count;
      if (this.#used === this.#size) await this.#flush();
    }
  }

  async finish(): Promise<void> {
    if (this.#used > 0) await this.#flush();
    await this.#upload.finish();
  }

  abort(): MaybePromise<void> {
    return this.#upload.abort();
  }

  async #flush(): Promise<void> {
    const chunk = this.#chunk?.subarray(0, this.#used) ?? new Uint8Array();
    this.#chunk = undefined;
    this.#used = 0;
    await this.#upload.write(chunk);
  }
}
