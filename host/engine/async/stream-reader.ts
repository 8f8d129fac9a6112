import type { Chunk, TargetBuffer } from './chunk.ts';
import { hostReads } from './host-reads.ts';
import { type CopyResult, copyResults } from './rendezvous.ts';
import type { ReadableStream } from './shared-stream.ts';

/** Takes elements as they come. */
class Inbox implements TargetBuffer {
  readonly length: number;
  remain: number;
  chunk: Chunk | undefined;

  constructor(length: number) {
    this.length = length;
    this.remain = length;
  }

  put(chunk: Chunk): void {
    this.chunk = chunk;
    this.remain -= chunk.length;
  }
}

/** Reads a stream that a guest writes, for the host. */
export class StreamReader {
  readonly #stream: ReadableStream;
  #isReading = false;

  constructor(stream: ReadableStream) {
    this.#stream = stream;
  }

  /**
   * Reads at most so many elements. Calls `came` with them, or with undefined when the guest has dropped its end, perhaps before this
   * returns. To be called again only after that.
   */
  read(most: number, came: (chunk: Chunk | undefined) => void): void {
    const inbox = new Inbox(most);
    this.#isReading = true;
    const end = (result: CopyResult): void => {
      this.#isReading = false;
      came(inbox.chunk ?? (result === copyResults.dropped ? undefined : []));
    };
    hostReads(this.#stream, () =>
      this.#stream.read(this, inbox, {
        copied: (reclaim) => {
          reclaim();
          end(copyResults.completed);
        },
        done: end,
      }),
    );
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
