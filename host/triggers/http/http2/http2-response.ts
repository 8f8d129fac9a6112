import type { OutgoingHttpHeaders } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { ServedResponse } from '../served-message.ts';
import { sendable } from './http2-head.ts';

/** RFC 9113, 7, and the state of a stream whose client has sent all (RFC 9113, 5.1), as Node numbers it. */
const [noError, internalError, cancel, halfClosedRemote] = [0x0, 0x2, 0x8, 6];

/** The answer to a request of HTTP/2. Its head is sent with the first part of its body, or with its end. */
export class Http2Response implements ServedResponse {
  readonly socket = null;
  readonly req = { httpVersionMinor: 1 };
  shouldKeepAlive = true;
  statusCode = 200;
  writableEnded = false;
  readonly #stream: ServerHttp2Stream;
  #head: OutgoingHttpHeaders | undefined;
  #isSent = false;
  #trailers: OutgoingHttpHeaders | undefined;
  #whyClosed: string | undefined;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
    // Node would wait until all that has come is read. Within the event it would not tell the client.
    stream.once('aborted', () => setImmediate(() => stream.destroy()));
  }

  get headersSent(): boolean {
    return this.#head !== undefined;
  }

  get writableFinished(): boolean {
    // Node may close a stream without a word when both sides have said all.
    const { writableFinished, closed, rstCode } = this.#stream;
    return writableFinished || (this.writableEnded && closed && rstCode === noError);
  }

  get destroyed(): boolean {
    return this.#stream.destroyed;
  }

  get whyClosed(): string | undefined {
    const { rstCode } = this.#stream;
    if (this.#whyClosed !== undefined || rstCode === undefined || rstCode === noError) return this.#whyClosed;
    return rstCode === cancel
      ? 'the client gave the request up'
      : `the client's stream ended with error ${rstCode}`;
  }

  writeHead(status: number, headers: string[] | Record<string, string | number>): void {
    if (this.#head !== undefined) throw new Error('the head of the answer was written before');
    if (status < 200 || status > 599) throw new RangeError(`${status} is no status of an answer`);
    this.#head = { ...sendable(headers), ':status': status };
    this.statusCode = status;
  }

  flushHeaders(): void {
    this.#send(false);
  }

  writeContinue(): void {
    if (this.#isOpen && !this.#isSent) this.#stream.additionalHeaders({ ':status': 100 });
  }

  write(chunk: Uint8Array | string, encoding?: BufferEncoding | (() => void)): boolean {
    this.#send(false);
    if (!this.#isWritable) return true;
    return typeof encoding === 'string'
      ? this.#stream.write(chunk, encoding)
      : this.#stream.write(chunk, encoding);
  }

  addTrailers(trailers: readonly [string, string][]): void {
    if (trailers.length > 0) this.#trailers = sendable(trailers.flat());
  }

  end(chunk?: Uint8Array | string, encoding: BufferEncoding = 'utf8'): void {
    if (this.writableEnded) return;
    this.writableEnded = true;
    const isEmpty = chunk === undefined || chunk.length === 0;
    this.#send(isEmpty && this.#trailers === undefined);
    if (!this.#isWritable) return;
    if (isEmpty) this.#stream.end();
    else this.#stream.end(chunk, encoding);
  }

  /** The client has what was written before it learns that no more will come. */
  breakOff(): void {
    this.#whyClosed = 'the answer was broken off';
    const close = (): void => {
      if (this.#stream.writableLength === 0) this.#stream.close(internalError);
      else if (this.#isOpen) this.#stream.once('drain', close);
    };
    close();
  }

  destroy(): void {
    this.#whyClosed ??= 'the answer was broken off';
    this.#stream.close(internalError);
    this.#stream.destroy();
  }

  on(event: 'close' | 'error', listener: () => void): void {
    this.#stream.on(event, listener);
  }

  once(event: 'close' | 'drain', listener: () => void): void {
    this.#stream.once(event, listener);
  }

  get #isOpen(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }

  /** Of a `HEAD` and of statuses without content the stream ends with the head. */
  get #isWritable(): boolean {
    return this.#isOpen && !this.#stream.writableEnded;
  }

  #send(isWhole: boolean): void {
    if (this.#isSent || this.#head === undefined) return;
    this.#isSent = true;
    if (!this.#isOpen) return;
    const stream = this.#stream;
    const mayHaveTrailers = !isWhole && (!this.writableEnded || this.#trailers !== undefined);
    // Before `respond`, which may end the stream at once.
    stream.once('finish', () => this.#closeLater());
    if (mayHaveTrailers) stream.once('wantTrailers', () => this.#sendTrailers());
    stream.respond(this.#head, { endStream: isWhole, waitForTrailers: mayHaveTrailers });
  }

  #sendTrailers(): void {
    if (!this.#isOpen) return;
    try {
      this.#stream.sendTrailers(this.#trailers ?? {});
    } catch {
      this.#stream.close(internalError);
    }
  }

  /** The client need not send the rest of a body that nobody reads (RFC 9113, 8.1). */
  #closeLater(): void {
    setImmediate(() => {
      if (this.#isOpen && this.#stream.state.state !== halfClosedRemote) this.#stream.close(noError);
    });
  }
}
