import { Lent } from '../../runtime/ipc/blocks.ts';
import { Signal } from '../../shared/signal.ts';
import { IoError } from '../io/io-error.ts';
import { closed, type StreamError } from '../io/streams.ts';
import { BodyFailure, type BodySource } from './incoming.ts';
import type { ErrorCode } from './response-sink.ts';

const nothing = new Uint8Array();
/** So many bytes are credited at once, where more have come. */
const creditedAtOnce = 64 * 1024;
const noTrailers: readonly string[] = [];

interface Chunk {
  bytes: Uint8Array;
  /** To be given back; absent where the bytes are the guest's. */
  readonly lent: Lent | undefined;
}

/** A body that comes to a guest, of a request or of a response: chunks that have come and not been read. */
export class ReceivedBody implements BodySource {
  #chunks: Chunk[] = [];
  /** Where the next one is: taking one from the main thread of many moves all others. */
  #next = 0;
  readonly #signal = new Signal();
  /** What was read last, and may be in use until the next call. */
  #last: Lent | undefined;
  #uncredited = 0;
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
  constructor(
    body: Uint8Array | Lent | 'stream' | undefined,
    onRead: (bytes: number) => void,
    onBegin: () => void,
  ) {
    this.#onRead = onRead;
    this.#onBegin = onBegin;
    if (body === 'stream') return;
    if (body instanceof Lent) this.#chunks.push({ bytes: body.bytes, lent: body });
    else if (body !== undefined && body.length > 0) this.#chunks.push({ bytes: body, lent: undefined });
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
    this.#giveBack();
    const chunk = this.#chunks[this.#next];
    if (chunk === undefined) {
      if (this.#failure !== undefined) throw failedBy(this.#failure);
      if (this.#trailers !== undefined) throw closed;
      this.#begin();
      return nothing;
    }
    const { bytes, lent } = chunk;
    if (bytes.length > limit) {
      chunk.bytes = bytes.subarray(limit);
      this.#credit(limit);
      return bytes.subarray(0, limit);
    }
    this.#last = lent;
    this.#next += 1;
    if (this.#next === this.#chunks.length) {
      this.#chunks = [];
      this.#next = 0;
    }
    this.#credit(bytes.length);
    return bytes;
  }

  /** Tells that bytes were taken: of many small ones together, and of all when nothing is left. */
  #credit(bytes: number): void {
    this.#uncredited += bytes;
    if (this.#uncredited < creditedAtOnce && this.#chunks.length > this.#next) return;
    const credited = this.#uncredited;
    this.#uncredited = 0;
    this.#onRead(credited);
  }

  #giveBack(): void {
    this.#last?.giveBack();
    this.#last = undefined;
  }

  discard(): void {
    this.#discarding = true;
    this.#giveBack();
    const left = this.#chunks.slice(this.#next);
    this.#chunks = [];
    this.#next = 0;
    for (const { bytes, lent } of left) {
      lent?.giveBack();
      this.#credit(bytes.length);
    }
  }

  trailers(): readonly string[] | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#trailers === undefined) this.#begin();
    return this.#trailers;
  }

  /** @param lent where the bytes are to be given back */
  push(bytes: Uint8Array, lent?: Lent): void {
    if (this.#discarding) {
      lent?.giveBack();
      this.#credit(bytes.length);
      return;
    }
    this.#chunks.push({ bytes, lent });
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
