import { EventEmitter } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ServedRequest } from '../served-message.ts';
import type { Http2Head } from './http2-head.ts';

/** A request of HTTP/2. */
export class Http2Request extends EventEmitter implements ServedRequest {
  readonly method: string;
  readonly url: string;
  readonly scheme: 'http' | 'https';
  readonly headers: Http2Head['headers'];
  readonly rawHeaders: string[];
  rawTrailers: string[] = [];
  readonly hasBody: boolean;
  complete: boolean;
  readonly socket: Socket;
  readonly #stream: ServerHttp2Stream;
  #isFollowed = false;

  constructor(stream: ServerHttp2Stream, head: Http2Head, socket: Socket) {
    super();
    this.#stream = stream;
    this.socket = socket;
    this.method = head.method;
    this.url = head.path;
    this.scheme = head.scheme;
    this.headers = head.headers;
    this.rawHeaders = head.rawHeaders;
    this.hasBody = !stream.endAfterHeaders;
    this.complete = !this.hasBody;
    stream.once('trailers', (_trailers, _flags, raw?: string[]) => {
      this.rawTrailers = raw ?? [];
    });
    stream.once('end', () => {
      this.complete = true;
      this.emit('end');
    });
  }

  get readableLength(): number {
    return this.#stream.readableLength;
  }

  override on(event: string, listener: (...args: never[]) => void): this {
    super.on(event, listener as (...args: unknown[]) => void);
    // A listener would let the body flow.
    if (event === 'data' && !this.#isFollowed) {
      this.#isFollowed = true;
      this.#stream.on('data', (chunk: Buffer) => this.emit('data', chunk));
    }
    return this;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}
