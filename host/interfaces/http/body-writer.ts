import type { Holdings } from '../../runtime/worker/holdings.ts';
import { Signal } from '../../shared/signal.ts';
import { type ByteSink, closed } from '../io/streams.ts';
import type { BodySink, ErrorCode } from './response-sink.ts';

/**
 * How much may be written to a body before its response is set, in bytes. wasmtime takes two writes of up to 1 MiB; whoever
 * writes more before the response is set waits for ever there, too.
 */
export const unsentWindow = 2 * 1024 * 1024;
/** Writes below this are gathered in blocks: an array of its own for each byte would cost a hundred times as much. */
const smallWrite = 16 * 1024;
const blockSize = 64 * 1024;

/** The bytes of a body: kept while the message is not sent, handed on afterwards. */
export class BodyWriter implements ByteSink {
  readonly #declared: number | undefined;
  readonly #sizeError: 'HTTP-response-body-size' | 'HTTP-request-body-size';
  readonly #holdings: Holdings;
  readonly #connected = new Signal();
  #written = 0;
  #sink: BodySink | undefined;
  #unsent: Uint8Array[] = [];
  #unsentBytes = 0;
  /** What of the last block is used; it is the last of `#unsent`. */
  #blockUsed = blockSize;
  #isUseless = false;
  #finished: { readonly trailers: string[] | undefined } | undefined;

  constructor(
    declared: number | undefined,
    sizeError: 'HTTP-response-body-size' | 'HTTP-request-body-size',
    holdings: Holdings,
  ) {
    this.#declared = declared;
    this.#sizeError = sizeError;
    this.#holdings = holdings;
  }

  permit(): number {
    if (this.#sink !== undefined) return this.#sink.permit();
    if (this.#isUseless || this.#finished !== undefined) throw closed;
    return unsentWindow - this.#unsentBytes;
  }

  get copies(): boolean {
    return this.#sink?.copies === true;
  }

  write(bytes: Uint8Array): void {
    this.#written += bytes.length;
    if (this.#declared !== undefined && this.#written > this.#declared) {
      this.#sink?.abandon(
        `the body is longer than its content-length of ${this.#declared}`,
        this.#wrongSize(),
      );
      throw closed;
    }
    if (this.#sink !== undefined) this.#sink.write(bytes);
    else this.#keep(bytes);
  }

  flush(): void {
    this.#sink?.flush();
  }

  whenReady(): Promise<void> {
    return this.#sink === undefined ? this.#connected.wait() : this.#sink.whenReady();
  }

  connect(sink: BodySink): void {
    this.#sink = sink;
    if (this.#unsentBytes > 0) {
      for (const bytes of this.#takeUnsent()) {
        this.#holdings.keep(bytes);
        sink.write(bytes);
      }
    }
    if (this.#finished !== undefined) sink.finish(this.#finished.trailers);
    else if (this.#isUseless) this.#abandonDropped();
    this.#connected.notify();
  }

  /** Throws the error for a size where the body is not as long as its content-length says. */
  finish(trailers: string[] | undefined): void {
    // The length that a head alone tells is that of the content which it has not (RFC 9110, 9.3.2).
    const isHeadOnly = this.#written === 0 && this.#sink?.isHeadOnly === true;
    if (this.#declared !== undefined && this.#declared !== this.#written && !isHeadOnly) {
      const error = this.#wrongSize();
      this.#sink?.abandon(
        `the body has ${this.#written} bytes, its content-length says ${this.#declared}`,
        error,
      );
      throw error;
    }
    this.#finished = { trailers };
    this.#sink?.finish(trailers);
  }

  /** The guest has exited in good order: what it has written is the whole body, where that can be. */
  exited(): void {
    if (this.#finished !== undefined) return;
    if (this.#declared === undefined || this.#declared === this.#written) this.finish(undefined);
  }

  /** The body will never be finished. */
  drop(): void {
    if (this.#finished !== undefined) return;
    this.#isUseless = true;
    this.#takeUnsent();
    this.#abandonDropped();
  }

  /** The message that the body belongs to will never be sent. */
  discard(): void {
    if (this.#sink !== undefined) return;
    this.#isUseless = true;
    this.#takeUnsent();
    this.#connected.notify();
  }

  #wrongSize(): ErrorCode {
    return { tag: this.#sizeError, val: BigInt(this.#written) };
  }

  #abandonDropped(): void {
    this.#sink?.abandon('the component dropped the body before it was finished');
  }

  #keep(bytes: Uint8Array): void {
    this.#holdings.take(bytes.length);
    this.#unsentBytes += bytes.length;
    if (bytes.length >= smallWrite) {
      this.#closeBlock();
      this.#unsent.push(bytes);
      this.#holdings.freeAtEnd(bytes);
      return;
    }
    if (this.#blockUsed + bytes.length > blockSize) {
      this.#closeBlock();
      this.#unsent.push(new Uint8Array(blockSize));
      this.#blockUsed = 0;
    }
    this.#unsent.at(-1)?.set(bytes, this.#blockUsed);
    this.#blockUsed += bytes.length;
  }

  /** The last block becomes as long as it is used. */
  #closeBlock(): void {
    const block = this.#unsent.at(-1);
    if (block !== undefined && this.#blockUsed < blockSize)
      this.#unsent[this.#unsent.length - 1] = block.slice(0, this.#blockUsed);
    this.#blockUsed = blockSize;
  }

  #takeUnsent(): readonly Uint8Array[] {
    this.#closeBlock();
    const unsent = this.#unsent;
    this.#unsent = [];
    this.#holdings.give(this.#unsentBytes);
    this.#unsentBytes = 0;
    return unsent;
  }
}
