import { EventEmitter } from 'node:events';
import type { ServedResponse } from '../served-message.ts';

/** How much of a body waits for the component that reads it until its writer is behind, in bytes. */
const window = 64 * 1024;

/** The head of an answer. */
export interface InnerHead {
  readonly status: number;
  /** Names and Latin-1 values in turn. */
  readonly headers: readonly string[];
}

/** The answer to a request of a component, as it is written and as the component reads it. */
export class InnerResponse implements ServedResponse, AsyncIterable<Uint8Array> {
  readonly socket = null;
  readonly req = { httpVersionMinor: 1 };
  readonly #connection: EventEmitter;
  readonly #events = new EventEmitter();
  readonly #head = Promise.withResolvers<InnerHead>();
  shouldKeepAlive = true;
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  destroyed = false;
  whyClosed: string | undefined;
  /** Names and Latin-1 values in turn; complete behind the body. */
  trailers: string[] = [];
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #isOver = false;
  #wake = (): void => {};

  constructor(connection: EventEmitter) {
    this.#connection = connection;
    this.#head.promise.catch(() => {});
  }

  /** Rejects where there is none. */
  get head(): Promise<InnerHead> {
    return this.#head.promise;
  }

  get writableFinished(): boolean {
    return this.#isOver && !this.destroyed;
  }

  writeHead(status: number, headers: string[] | Record<string, string | number>): void {
    this.headersSent = true;
    this.statusCode = status;
    this.#head.resolve({
      status,
      headers: Array.isArray(headers) ? headers : Object.entries(headers).flat().map(String),
    });
  }

  flushHeaders(): void {}

  writeContinue(): void {}

  write(chunk: Uint8Array | string, encoding?: BufferEncoding | (() => void)): boolean {
    if (this.#isOver) return true;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk;
    if (bytes.length > 0) this.#chunks.push(bytes);
    this.#waiting += bytes.length;
    this.#wake();
    return this.#waiting < window;
  }

  addTrailers(trailers: readonly [string, string][]): void {
    this.trailers.push(...trailers.flat());
  }

  end(chunk: Uint8Array | string = '', encoding: BufferEncoding = 'utf8'): void {
    this.write(chunk, encoding);
    this.writableEnded = true;
    this.#wake();
    // As the writer of a socket learns of it: not before it has returned.
    if (this.#waiting === 0) setImmediate(() => this.#close());
  }

  breakOff(): void {
    this.#end('the answer was broken off');
  }

  destroy(): void {
    this.#end('the answer was broken off');
  }

  /** Nobody reads it any more. */
  abandon(): void {
    this.#end('the component that asked does not want it any more');
  }

  on(event: 'close' | 'error', listener: () => void): void {
    this.#events.on(event, listener);
  }

  once(event: 'close' | 'drain', listener: () => void): void {
    this.#events.once(event, listener);
  }

  /** What was written before it broke off is read before that is thrown. */
  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#taken(chunk.length);
        yield chunk;
      } else if (this.destroyed) throw new Error(this.whyClosed);
      else if (this.writableEnded) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #taken(bytes: number): void {
    const wasBehind = this.#waiting >= window;
    this.#waiting -= bytes;
    if (this.writableEnded && this.#waiting === 0) setImmediate(() => this.#close());
    else if (wasBehind && this.#waiting < window) this.#events.emit('drain');
  }

  #end(why: string): void {
    if (this.#isOver) return;
    this.whyClosed = why;
    this.destroyed = true;
    this.#head.reject(new Error(why));
    this.#close();
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wake();
    this.#events.emit('close');
    this.#connection.emit('close');
  }
}
