import { Signal } from '../signal.ts';
import { type ByteSink, closed, OutputStream } from '../streams.ts';
import type { Fields } from './fields.ts';

/** `wasi:http/types` error-code, as far as this host gives or reads it. */
export type ErrorCode =
  | { readonly tag: 'HTTP-response-body-size'; readonly val: bigint | undefined }
  | { readonly tag: 'HTTP-request-denied' }
  | { readonly tag: 'internal-error'; readonly val: string | undefined }
  | { readonly tag: string; readonly val?: unknown };

/** Where an answer goes. */
export interface ResponseSink extends ByteSink {
  /** Names and Latin-1 values in turn. Called at most once, before any byte is written. */
  respond(status: number, headers: string[]): void;
  /** The guest answers with an error instead of a response. */
  refuse(error: ErrorCode): void;
  /** The body is complete. */
  finish(trailers: string[] | undefined): void;
  /** The body will never be complete. */
  abandon(reason: string): void;
}

/** `wasi:http/types` response-outparam: the place for the answer of one request. */
export class ResponseOutparam {
  readonly #sink: ResponseSink;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  static set(
    outparam: ResponseOutparam,
    response: { tag: 'ok'; val: OutgoingResponse } | { tag: 'err'; val: ErrorCode },
  ): void {
    if (response.tag === 'err') outparam.#sink.refuse(response.val);
    else response.val.send(outparam.#sink);
  }
}

/** `wasi:http/types` outgoing-response. */
export class OutgoingResponse {
  readonly #headers: Fields;
  #status = 200;
  #body: OutgoingBody | undefined;

  constructor(headers: Fields) {
    this.#headers = headers;
  }

  statusCode(): number {
    return this.#status;
  }

  setStatusCode(status: number): void {
    if (status < 200 || status > 599) throw { payload: undefined };
    this.#status = status;
  }

  headers(): Fields {
    return this.#headers.clone().freeze();
  }

  /** Once only: a second call is an error. */
  body(): OutgoingBody {
    if (this.#body !== undefined) throw { payload: undefined };
    this.#body = new OutgoingBody(declaredLength(this.#headers));
    return this.#body;
  }

  /** Host side: hands the head on, and the body as far as it was written. */
  send(sink: ResponseSink): void {
    sink.respond(this.#status, this.#headers.toRaw());
    if (this.#body === undefined) sink.finish(undefined);
    else this.#body.connect(sink);
  }
}

/** `wasi:http/types` outgoing-body. */
export class OutgoingBody {
  readonly #writer: BodyWriter;
  #streamTaken = false;

  constructor(declared: number | undefined) {
    this.#writer = new BodyWriter(declared);
  }

  /** Once only: a second call is an error. */
  write(): OutputStream {
    if (this.#streamTaken) throw { payload: undefined };
    this.#streamTaken = true;
    return new OutputStream(this.#writer);
  }

  /** Throws `HTTP-response-body-size` when the body is not as long as its content-length says. */
  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    body.#writer.finish(trailers?.toRaw());
  }

  /** Host side: the response has been set, bytes may flow. */
  connect(sink: ResponseSink): void {
    this.#writer.connect(sink);
  }

  [Symbol.dispose](): void {
    this.#writer.drop();
  }
}

/** How much may be written to a body before its response is set. */
const unsentWindow = 64 * 1024;

/** The bytes of a body: kept while the response is not set, handed on afterwards. */
class BodyWriter implements ByteSink {
  readonly #declared: number | undefined;
  readonly #connected = new Signal();
  #written = 0;
  #sink: ResponseSink | undefined;
  #unsent: Uint8Array[] = [];
  #unsentBytes = 0;
  #finished: { readonly trailers: string[] | undefined } | undefined;

  constructor(declared: number | undefined) {
    this.#declared = declared;
  }

  permit(): number {
    return this.#sink === undefined ? unsentWindow - this.#unsentBytes : this.#sink.permit();
  }

  write(bytes: Uint8Array): void {
    this.#written += bytes.length;
    if (this.#declared !== undefined && this.#written > this.#declared) {
      this.#sink?.abandon(`the body is longer than its content-length of ${this.#declared}`);
      throw closed;
    }
    if (this.#sink !== undefined) {
      this.#sink.write(bytes);
      return;
    }
    this.#unsent.push(bytes);
    this.#unsentBytes += bytes.length;
  }

  flush(): void {
    this.#sink?.flush();
  }

  whenReady(): Promise<void> {
    return this.#sink === undefined ? this.#connected.wait() : this.#sink.whenReady();
  }

  connect(sink: ResponseSink): void {
    this.#sink = sink;
    for (const bytes of this.#unsent) sink.write(bytes);
    this.#unsent = [];
    if (this.#finished !== undefined) sink.finish(this.#finished.trailers);
    this.#connected.notify();
  }

  finish(trailers: string[] | undefined): void {
    if (this.#declared !== undefined && this.#declared !== this.#written) {
      this.#sink?.abandon(`the body has ${this.#written} bytes, its content-length says ${this.#declared}`);
      throw { tag: 'HTTP-response-body-size', val: BigInt(this.#written) } satisfies ErrorCode;
    }
    this.#finished = { trailers };
    this.#sink?.finish(trailers);
  }

  drop(): void {
    if (this.#finished === undefined)
      this.#sink?.abandon('the component dropped the body before it was finished');
  }
}

function declaredLength(headers: Fields): number | undefined {
  const text = headers.first('content-length');
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined;
}
