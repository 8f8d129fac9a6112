import { type Chunk, mostAtOnce, ownChunk, type TargetBuffer } from './chunk.ts';
import { type Copying, type CopyResult, copyResults, refuse } from './rendezvous.ts';
import type { ReadableStream } from './shared-stream.ts';

/** Reads a stream that a guest writes, for the host. It is itself what the elements are put into, as it reads once at a time. */
export class StreamReader implements TargetBuffer, Copying {
  readonly #stream: ReadableStream;
  readonly #lends: boolean;
  #isReading = false;
  #came: (chunk: Chunk | undefined) => void = () => {};
  length = 0;
  remain = 0;
  #chunk: Chunk | undefined;

  /** @param lends whether bytes are read that are used before `came` returns, and not afterwards; they need not be copied then */
  constructor(stream: ReadableStream, { lends = false }: { readonly lends?: boolean } = {}) {
    this.#stream = stream;
    this.#lends = lends;
  }

  /**
   * Reads at most so many elements. Calls `came` with them, or with undefined when the guest has dropped its end, perhaps before this
   * returns. To be called again only after that.
   */
  read(most: number, came: (chunk: Chunk | undefined) => void): void {
    this.#isReading = true;
    this.#came = came;
    // A read is of one chunk, and a longer one would come in several.
    this.length = Math.min(most, mostAtOnce);
    this.remain = this.length;
    try {
      this.#stream.read(this, this, this);
    } catch (thrown) {
      refuse(this.#stream, thrown);
    }
  }

  put(chunk: Chunk): void {
    this.#chunk = this.#lends ? chunk : ownChunk(chunk);
    this.remain -= chunk.length;
  }

  copied(reclaim: () => void): void {
    reclaim();
    this.done(copyResults.completed);
  }

  done(result: CopyResult): void {
    const chunk = this.#chunk;
    this.#chunk = undefined;
    this.#isReading = false;
    this.#came(chunk ?? (result === copyResults.dropped ? undefined : []));
  }

  /** Whether the end that was read came before all elements had. */
  get isBroken(): boolean {
    return this.#stream.isBroken === true;
  }

  /** Nobody reads any more. */
  drop(): void {
    if (this.#isReading) this.#stream.cancel();
    this.#stream.drop();
  }
}
