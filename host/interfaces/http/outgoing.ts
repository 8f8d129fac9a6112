import { OutputStream } from '../io/streams.ts';
import { BodyWriter } from './body-writer.ts';
import type { Fields } from './fields.ts';
import type { BodySink, ErrorCode, ResponseSink } from './response-sink.ts';

/** The longest text of an error that is shown, in characters. */
const longestErrorText = 1024;

/** `wasi:http/types` response-outparam: the place for the answer of one request. */
export class ResponseOutparam {
  readonly #sink: ResponseSink;
  #response: OutgoingResponse | undefined;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  static set(
    outparam: ResponseOutparam,
    response: { tag: 'ok'; val: OutgoingResponse } | { tag: 'err'; val: ErrorCode },
  ): void {
    if (response.tag === 'err') {
      outparam.#sink.refuse(withShortText(response.val));
      return;
    }
    outparam.#response = response.val;
    response.val.send(outparam.#sink);
  }

  /** Host side: the guest has exited in good order, which completes a body that it had not finished, as in wasmtime. */
  exited(): void {
    this.#response?.exited();
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
    if (status < 100 || status > 999) throw { payload: undefined };
    this.#status = status;
  }

  headers(): Fields {
    return this.#headers.clone().freeze();
  }

  /** Once only: a second call is an error. */
  body(): OutgoingBody {
    if (this.#body !== undefined) throw { payload: undefined };
    const declared = declaredLength(this.#headers);
    this.#body = new OutgoingBody(
      new BodyWriter(declared, 'HTTP-response-body-size', this.#headers.holdings),
    );
    return this.#body;
  }

  /** Host side: hands the head on, and the body as far as it was written. */
  send(sink: ResponseSink): void {
    if (this.#status < 200) {
      sink.refuse({ tag: 'internal-error', val: `${this.#status} is the status of no final answer` });
      this[Symbol.dispose]();
      return;
    }
    sink.respond(this.#status, this.#headers.toRaw());
    this.#headers[Symbol.dispose]();
    if (this.#body === undefined) sink.finish(undefined);
    else this.#body.connect(sink);
  }

  /** Host side: see `ResponseOutparam.exited`. */
  exited(): void {
    this.#body?.exited();
  }

  [Symbol.dispose](): void {
    this.#headers[Symbol.dispose]();
    this.#body?.discard();
  }
}

/** `wasi:http/types` outgoing-body. */
export class OutgoingBody {
  readonly #writer: BodyWriter;
  #streamTaken = false;

  constructor(writer: BodyWriter) {
    this.#writer = writer;
  }

  /** Once only: a second call is an error. */
  write(): OutputStream {
    if (this.#streamTaken) throw { payload: undefined };
    this.#streamTaken = true;
    return new OutputStream(this.#writer);
  }

  /** Throws `HTTP-response-body-size` when the body is not as long as its content-length says, `HTTP-request-body-size` of a request. */
  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    const raw = trailers?.toRawTrailers();
    trailers?.[Symbol.dispose]();
    body.#writer.finish(raw);
  }

  /** Host side: the message is sent, bytes may flow. */
  connect(sink: BodySink): void {
    this.#writer.connect(sink);
  }

  /** Host side: see `ResponseOutparam.exited`. */
  exited(): void {
    this.#writer.exited();
  }

  /** Host side: the message that it belongs to will never be sent. */
  discard(): void {
    this.#writer.discard();
  }

  [Symbol.dispose](): void {
    this.#writer.drop();
  }
}

/** The text of an error goes to the client and the terminal. */
function withShortText(error: ErrorCode): ErrorCode {
  const text = 'val' in error ? error.val : undefined;
  if (typeof text !== 'string' || text.length <= longestErrorText) return error;
  return { tag: error.tag, val: `${text.slice(0, longestErrorText).toWellFormed()}…` };
}

/** The length that the headers tell of a body, in bytes. */
export function declaredLength(headers: Fields): number | undefined {
  const text = headers.first('content-length');
  return text === undefined ? undefined : Number(text);
}
