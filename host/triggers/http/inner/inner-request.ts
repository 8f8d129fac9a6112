import { EventEmitter } from 'node:events';
import type { InnerCall, ServedRequest } from '../served-message.ts';

/** A request of a component to another one. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** Names and Latin-1 values in turn. */
  readonly headers: readonly string[];
  readonly body: ReadableStream<Uint8Array> | undefined;
  /** Once the body has been read. */
  readonly trailers: () => readonly string[];
}

/** Headers of HTTP/1.1 that the host looks at, and those about what does not happen between components. */
const looked = ['accept', 'content-length'];
const left = ['expect', 'host'];

/** A request of a component to another one, as it is served. */
export class InnerRequest extends EventEmitter implements ServedRequest {
  readonly method: string;
  readonly url: string;
  readonly scheme: 'http' | 'https';
  readonly headers: Record<string, string> = {};
  readonly rawHeaders: string[];
  rawTrailers: string[] = [];
  readonly hasBody: boolean;
  complete: boolean;
  readonly readableLength = 0;
  readonly inner: InnerCall;
  readonly socket;
  readonly #sent: SentRequest;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #flow: 'none' | 'flowing' | 'paused' = 'none';
  #isReading = false;
  #held: Buffer | undefined;

  /** @param connection emits `close` when nobody waits for the answer any more */
  constructor(sent: SentRequest, inner: InnerCall, connection: EventEmitter) {
    super();
    const { protocol, host, origin } = new URL(sent.url);
    this.#sent = sent;
    this.inner = inner;
    this.socket = Object.assign(connection, { remotePort: 0 }) as unknown as ServedRequest['socket'];
    this.method = sent.method;
    this.scheme = protocol === 'https:' ? 'https' : 'http';
    this.url = sent.url.slice(origin.length);
    this.headers.host = host;
    this.rawHeaders = ['host', host];
    for (let index = 0; index + 1 < sent.headers.length; index += 2) {
      const [given = '', value = ''] = sent.headers.slice(index, index + 2);
      const name = given.toLowerCase();
      if (left.includes(name)) continue;
      this.rawHeaders.push(given, value);
      if (looked.includes(name)) this.headers[name] ??= value;
    }
    this.#reader = sent.body?.getReader();
    this.hasBody = this.#reader !== undefined;
    this.complete = !this.hasBody;
    connection.once('close', () => this.#reader?.cancel().catch(() => {}));
  }

  override on(event: string, listener: (...args: never[]) => void): this {
    super.on(event, listener as (...args: unknown[]) => void);
    if (event === 'data' && this.#flow === 'none') this.resume();
    return this;
  }

  pause(): void {
    this.#flow = 'paused';
  }

  resume(): void {
    this.#flow = 'flowing';
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#flow === 'flowing' && !this.complete) {
        const part = this.#held ?? (await this.#next());
        this.#held = part;
        if (this.#flow !== 'flowing') return;
        this.#held = undefined;
        if (part === undefined) {
          this.complete = true;
          this.rawTrailers = [...this.#sent.trailers()];
          this.emit('end');
        } else this.emit('data', part);
      }
    } catch {
      // The component has broken its body off: it does not wait for an answer.
    } finally {
      this.#isReading = false;
    }
  }

  async #next(): Promise<Buffer | undefined> {
    const part = await this.#reader?.read();
    return part?.value === undefined ? undefined : Buffer.from(part.value);
  }
}
