import { Signal } from '../../shared/signal.ts';
import { IoError } from '../io/io-error.ts';
import { closed, type StreamError } from '../io/streams.ts';
import { BodyFailure, type BodySource } from './incoming.ts';
import type { ErrorCode } from './response-sink.ts';

const nothing = new Uint8Array();
const noTrailers: readonly string[] = [];

/** A body that comes to a guest, of a request or of a response: chunks that have come and not been read. */
export class ReceivedBody implements BodySource {
  #chunks: Uint8Array[] = [];
  /** Where the next one is: taking one from the main thread of many moves all others. */
  #next = 0;
  readonly #signal = new Signal();
  readonly #onRead: (bytes: number) => void;
  readonly #onBegin: () => void;
  /** Somebody has asked for what has not come. */
  #isBegun = false;
  #trailers: readonly string[] | undefined;
  #failure: BodyFailure | undefined;
  #discarding = false;

  /**
   * @param onRead told how many bytes were taken, so that as many may follow
   * @param onBegin told once that the guest wants what has not come
   */
  constructor(body: Uint8Array | 'stream' | undefined, onRead: (bytes: number) => void, onBegin: () => void) {
    this.#onRead = onRead;
    this.#onBegin = onBegin;
    if (body === 'stream') return;
    if (body !== undefined && body.length > 0) this.#chunks.push(body);
    this.#trailers = noTrailers;
  }

  get ready(): boolean {
    const isReady =
      this.#chunks.length > this.#next || this.#trailers !== undefined || this.#failure !== undefined;
    if (!isReady) this.#begin();
    return isReady;
  }

  whenReady(): Promise<void> {
    this.#begin();
    return this.#signal.wait();
  }

  read(limit: number): Uint8Array {
    const chunk = this.#chunks[this.#next];
    if (chunk === undefined) {
      if (this.#failure !== undefined) throw failedBy(this.#failure);
      if (this.#trailers !== undefined) throw closed;
      this.#begin();
      return nothing;
    }
    if (chunk.length > limit) {
      this.#chunks[this.#next] = chunk.subarray(limit);
      this.#onRead(limit);
      return chunk.subarray(0, limit);
    }
    this.#next += 1;
    if (this.#next === this.#chunks.length) {
      this.#chunks = [];
      this.#next = 0;
    }
    this.#onRead(chunk.length);
    return chunk;
  }

  discard(): void {
    this.#discarding = true;
    const left = this.#chunks.slice(this.#next);
    this.#chunks = [];
    this.#next = 0;
    for (const chunk of left) this.#onRead(chunk.length);
  }

  trailers(): readonly string[] | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#trailers === undefined) this.#begin();
    return this.#trailers;
  }

  push(bytes: Uint8Array): void {
    if (this.#discarding) {
      this.#onRead(bytes.length);
      return;
    }
    this.#chunks.push(bytes);
    this.#signal.notify();
  }

  end(trailers: readonly string[]): void {
    this.#trailers = trailers;
    this.#signal.notify();
  }

  /** Nothing more will come: what has come can still be read, then reading fails. @param code as guests get it */
  fail(reason: string, code?: ErrorCode): void {
    this.#failure = new BodyFailure(reason, code);
    this.#signal.notify();
  }

  /** The guest is unwound: whoever waits is rejected. */
  abort(reason: Error): void {
    this.#signal.fail(reason);
  }

  #begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#onBegin();
  }
}

function failedBy({ message, code }: BodyFailure): StreamError {
  return { tag: 'last-operation-failed', val: new IoError(message, { http: code }) };
}
