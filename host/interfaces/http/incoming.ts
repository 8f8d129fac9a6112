import type { Holdings } from '../../runtime/worker/holdings.ts';
import { Pollable } from '../io/poll.ts';
import type { ByteSource } from '../io/streams.ts';
import { InputStream } from '../io/streams.ts';
import { Fields } from './fields.ts';
import { type Method, type Scheme, toMethod, toScheme } from './method.ts';
import type { ErrorCode } from './response-sink.ts';

/** What the host knows of a request before its body. */
export interface RequestHead {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string | undefined;
  readonly pathWithQuery: string;
  /** Names and Latin-1 values in turn. */
  readonly headers: readonly string[];
}

/** The body of a message as it comes in. */
export interface BodySource extends ByteSource {
  /** Drops what is still to come; `trailers` is answered once it has come. */
  discard(): void;
  /** Nobody wants anything of it any more. Default: as `discard`. */
  drop?(): void;
  /** Raw trailers, `undefined` before the end of the body; throws the reason when there is none. */
  trailers(): readonly string[] | undefined;
}

/** Why a body never comes to its end. */
export class BodyFailure extends Error {
  readonly code: ErrorCode;

  constructor(message: string, code: ErrorCode = { tag: 'internal-error', val: message }) {
    super(message);
    this.code = code;
  }
}

/** What a guest gets for the reason of a body's `trailers`. */
export function failureCode(reason: unknown): ErrorCode {
  return reason instanceof BodyFailure ? reason.code : { tag: 'internal-error', val: String(reason) };
}

/** `wasi:http/types` incoming-request. */
export class IncomingRequest {
  readonly #head: RequestHead;
  readonly #holdings: Holdings;
  #body: BodySource | undefined;

  constructor(head: RequestHead, body: BodySource, holdings: Holdings) {
    this.#head = head;
    this.#body = body;
    this.#holdings = holdings;
  }

  method(): Method {
    return toMethod(this.#head.method);
  }

  pathWithQuery(): string {
    return this.#head.pathWithQuery;
  }

  scheme(): Scheme {
    return toScheme(this.#head.scheme);
  }

  authority(): string | undefined {
    return this.#head.authority;
  }

  headers(): Fields {
    return Fields.received(this.#head.headers, this.#holdings);
  }

  /** Once only: a second call is an error. */
  consume(): IncomingBody {
    const body = this.#body;
    if (body === undefined) throw { payload: undefined };
    this.#body = undefined;
    return new IncomingBody(body, this.#holdings);
  }
}

/** `wasi:http/types` incoming-body. */
export class IncomingBody {
  readonly #source: BodySource;
  readonly #holdings: Holdings;
  #streamTaken = false;
  #isFinished = false;

  constructor(source: BodySource, holdings: Holdings) {
    this.#source = source;
    this.#holdings = holdings;
  }

  /** Once only: a second call is an error. */
  stream(): InputStream {
    if (this.#streamTaken) throw { payload: undefined };
    this.#streamTaken = true;
    return new InputStream(this.#source);
  }

  static finish(body: IncomingBody): FutureTrailers {
    body.#isFinished = true;
    body.#source.discard();
    return new FutureTrailers(body.#source, body.#holdings);
  }

  [Symbol.dispose](): void {
    if (!this.#isFinished) drop(this.#source);
  }
}

function drop(source: BodySource): void {
  if (source.drop === undefined) source.discard();
  else source.drop();
}

type Trailers = { tag: 'ok'; val: Fields | undefined } | { tag: 'err'; val: ErrorCode };

/** `wasi:http/types` future-trailers. */
export class FutureTrailers {
  readonly #source: BodySource;
  readonly #holdings: Holdings;
  #taken = false;

  constructor(source: BodySource, holdings: Holdings) {
    this.#source = source;
    this.#holdings = holdings;
  }

  subscribe(): Pollable {
    return new Pollable(
      () => this.#taken || this.#hasCome(),
      () => this.#source.whenReady(),
    );
  }

  /** `undefined` before the end of the body; then the trailers once, and an error ever after. */
  get(): { tag: 'ok'; val: Trailers } | { tag: 'err'; val: undefined } | undefined {
    if (this.#taken) return { tag: 'err', val: undefined };
    const trailers = this.#read();
    if (trailers === undefined) return undefined;
    this.#taken = true;
    return { tag: 'ok', val: trailers };
  }

  #hasCome(): boolean {
    try {
      return this.#source.trailers() !== undefined;
    } catch {
      return true;
    }
  }

  #read(): Trailers | undefined {
    let raw: readonly string[] | undefined;
    try {
      raw = this.#source.trailers();
    } catch (reason) {
      return { tag: 'err', val: failureCode(reason) };
    }
    if (raw === undefined) return undefined;
    return { tag: 'ok', val: raw.length === 0 ? undefined : Fields.received(raw, this.#holdings) };
  }

  [Symbol.dispose](): void {
    drop(this.#source);
  }
}
