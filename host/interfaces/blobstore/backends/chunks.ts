import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import type { Upload } from './backend.ts';

/** So many pieces of a chunk are kept as they came; of more, each would take more room than its bytes. */
const mostPieces = 64;

/** Gathers what is written in pieces of any size into chunks of one. */
export class ChunkWriter {
  readonly #upload: Upload;
  readonly #size: number;
  #pieces: Uint8Array[] = [];
  /** The chunk, once it has many pieces. */
  #chunk: Uint8Array | undefined;
  #used = 0;

  constructor(upload: Upload, size: number) {
    this.#upload = upload;
    this.#size = size;
  }

  /** Takes the bytes over. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#size - this.#used);
      at += piece.length;
      this.#add(piece);
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

  #add(piece: Uint8Array): void {
    if (this.#chunk === undefined && this.#pieces.length === mostPieces) {
      this.#chunk = new Uint8Array(this.#size);
      fill(this.#chunk, this.#pieces);
      this.#pieces = [];
    }
    if (this.#chunk === undefined) this.#pieces.push(piece);
    else this.#chunk.set(piece, this.#used);
    this.#used += piece.length;
  }

  async #flush(): Promise<void> {
    const chunk = this.#chunk?.subarray(0, this.#used) ?? whole(this.#pieces, this.#used);
    this.#pieces = [];
    this.#chunk = undefined;
    this.#used = 0;
    await this.#upload.write(chunk);
  }
}

function whole(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const bytes = new Uint8Array(length);
  fill(bytes, pieces);
  return bytes;
}

function fill(bytes: Uint8Array, pieces: readonly Uint8Array[]): void {
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
}
