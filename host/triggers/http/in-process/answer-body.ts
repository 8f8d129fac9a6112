import type { IncomingMessage } from 'node:http';
import { holdProcess } from '../../../shared/process-hold.ts';

/** How much of a body is taken in before it is read, in bytes. */
const bodyWindow = 64 * 1024;
/** How much of it is kept after it was read, in bytes. */
const mostKept = 4096;

/** The first bytes of an answer's body, as far as they have come. */
export interface BodyStart {
  readonly start: Uint8Array;
}

/** Who knows what becomes of an answer. */
export interface AnswerBodyOwner {
  /** Resolves when all of its request has ended. */
  ended(): Promise<unknown>;
  /** What its reader gets where it broke off. @param error what the client saw of that */
  whyBroken(error: unknown): Promise<unknown>;
}

/** The body of an answer. It is taken in from the start, whether or not anybody reads it. */
export class AnswerBody implements BodyStart {
  readonly #incoming: IncomingMessage;
  readonly #owner: AnswerBodyOwner;
  readonly #chunks: Uint8Array[] = [];
  readonly #kept: Uint8Array[] = [];
  #size = 0;
  #keptSize = 0;
  #end: 'none' | 'reached' | { readonly error: unknown } = 'none';
  #wake = (): void => {};

  constructor(incoming: IncomingMessage, owner: AnswerBodyOwner) {
    this.#incoming = incoming;
    this.#owner = owner;
    incoming.on('data', (chunk: Uint8Array) => this.#take(chunk));
    incoming.once('end', () => {
      this.#end = 'reached';
      this.#wake();
    });
    incoming.on('error', (error) => {
      this.#end = { error };
      this.#wake();
    });
  }

  get start(): Uint8Array {
    return Buffer.concat(this.#kept);
  }

  /** What came before an answer broke off can be read; only then does the stream fail. */
  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      type: 'bytes',
      pull: (controller) => this.#pull(controller),
      cancel: async () => {
        this.#incoming.destroy();
      },
    });
  }

  async #pull(controller: ReadableByteStreamController): Promise<void> {
    // Somebody waits for it; an answer that nobody reads keeps nothing.
    using _ = holdProcess();
    if (this.#chunks.length === 0 && this.#end === 'none') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#size -= chunk.length;
      if (this.#size <= bodyWindow) this.#incoming.resume();
      controller.enqueue(Uint8Array.from(chunk));
      return;
    }
    if (typeof this.#end === 'object') throw await this.#owner.whyBroken(this.#end.error);
    await this.#owner.ended();
    controller.close();
    controller.byobRequest?.respond(0);
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#keptSize < mostKept) {
      this.#kept.push(chunk.slice(0, mostKept - this.#keptSize));
      this.#keptSize += chunk.length;
    }
    if (this.#size > bodyWindow) this.#incoming.pause();
    this.#wake();
  }
}
