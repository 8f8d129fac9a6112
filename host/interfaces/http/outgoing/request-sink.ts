import { Signal } from '../../../shared/signal.ts';
import { closed, failed } from '../../io/streams.ts';
import type { BodySink, ErrorCode } from '../response-sink.ts';

/** How much of a body waits here for the server, in bytes. */
const bodyWindow = 256 * 1024;

/** The body of a request on its way out: taken from the guest as fast as the server takes it. */
export class RequestSink implements BodySink, AsyncIterable<Uint8Array> {
  readonly isHeadOnly = false;
  readonly #onAbandon: (reason: string, code: ErrorCode | undefined) => void;
  readonly #room = new Signal();
  readonly #more = new Signal();
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #failure: string | undefined;
  #isFinished = false;
  /** Of how many bytes it was until now. */
  bytes = 0;
  /** Once it is finished: names and Latin-1 values in turn. */
  trailers: readonly string[] = [];

  /** @param onAbandon the guest will never finish it */
  constructor(onAbandon: (reason: string, code: ErrorCode | undefined) => void) {
    this.#onAbandon = onAbandon;
  }

  permit(): number {
    if (this.#failure !== undefined) throw failed(this.#failure);
    if (this.#isFinished) throw closed;
    return Math.max(0, bodyWindow - this.#waiting);
  }

  write(bytes: Uint8Array): void {
    this.permit();
    this.#chunks.push(bytes);
    this.#waiting += bytes.length;
    this.bytes += bytes.length;
    this.#more.notify();
  }

  flush(): void {}

  whenReady(): Promise<void> {
    return this.#room.wait();
  }

  finish(trailers: string[] | undefined): void {
    if (this.#isFinished || this.#failure !== undefined) return;
    this.#isFinished = true;
    this.trailers = trailers ?? [];
    this.#more.notify();
  }

  abandon(reason: string, code?: ErrorCode): void {
    if (this.#isFinished || this.#failure !== undefined) return;
    this.fail(reason);
    this.#onAbandon(reason, code);
  }

  /** Nobody takes any more of it: writing fails from now on. */
  fail(reason: string): void {
    this.#failure ??= reason;
    this.#chunks = [];
    this.#waiting = 0;
    this.#room.notify();
    this.#more.notify();
  }

  /** The guest is unwound: whoever waits for room is rejected. */
  abort(reason: Error): void {
    this.fail(reason.message);
    this.#room.fail(reason);
  }

  /** All of it, where the guest has finished it already and it is in one piece at most. */
  takeWhole(): Uint8Array | 'empty' | undefined {
    if (!this.#isFinished || this.trailers.length > 0 || this.#chunks.length > 1) return undefined;
    const [chunk = 'empty'] = this.#chunks;
    this.#chunks = [];
    return chunk;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#waiting -= chunk.length;
        this.#room.notify();
        yield chunk;
      } else if (this.#failure !== undefined) throw new Error(this.#failure);
      else if (this.#isFinished) return;
      else await this.#more.wait();
    }
  }
}
