import { type Pollable, readyPollable } from '../poll.ts';
import { Fields } from './fields.ts';
import type { IncomingBody } from './incoming.ts';
import type { Method, Scheme } from './method.ts';
import { type ErrorCode, OutgoingBody } from './outgoing.ts';

/** `wasi:http/types` outgoing-request. Components may build one; sending it is denied, see `outgoingHandler`. */
export class OutgoingRequest {
  readonly #headers: Fields;
  #method: Method = { tag: 'get' };
  #pathWithQuery: string | undefined;
  #scheme: Scheme | undefined;
  #authority: string | undefined;
  #body: OutgoingBody | undefined;

  constructor(headers: Fields) {
    this.#headers = headers;
  }

  body(): OutgoingBody {
    if (this.#body !== undefined) throw { payload: undefined };
    this.#body = new OutgoingBody(undefined);
    return this.#body;
  }

  method(): Method {
    return this.#method;
  }

  setMethod(method: Method): void {
    this.#method = method;
  }

  pathWithQuery(): string | undefined {
    return this.#pathWithQuery;
  }

  setPathWithQuery(pathWithQuery: string | undefined): void {
    this.#pathWithQuery = pathWithQuery;
  }

  scheme(): Scheme | undefined {
    return this.#scheme;
  }

  setScheme(scheme: Scheme | undefined): void {
    this.#scheme = scheme;
  }

  authority(): string | undefined {
    return this.#authority;
  }

  setAuthority(authority: string | undefined): void {
    this.#authority = authority;
  }

  headers(): Fields {
    return this.#headers.clone().freeze();
  }
}

/** `wasi:http/types` request-options; durations in nanoseconds. */
export class RequestOptions {
  #connect: bigint | undefined;
  #firstByte: bigint | undefined;
  #betweenBytes: bigint | undefined;

  connectTimeout(): bigint | undefined {
    return this.#connect;
  }

  setConnectTimeout(duration: bigint | undefined): void {
    this.#connect = duration;
  }

  firstByteTimeout(): bigint | undefined {
    return this.#firstByte;
  }

  setFirstByteTimeout(duration: bigint | undefined): void {
    this.#firstByte = duration;
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.#betweenBytes;
  }

  setBetweenBytesTimeout(duration: bigint | undefined): void {
    this.#betweenBytes = duration;
  }
}

/** `wasi:http/types` incoming-response; there is none while outgoing requests are denied. */
export class IncomingResponse {
  status(): number {
    throw { tag: 'HTTP-request-denied' } satisfies ErrorCode;
  }

  headers(): Fields {
    return new Fields().freeze();
  }

  consume(): IncomingBody {
    throw { payload: undefined };
  }
}

/** `wasi:http/types` future-incoming-response. */
export class FutureIncomingResponse {
  subscribe(): Pollable {
    return readyPollable();
  }

  get(): { tag: 'ok'; val: { tag: 'ok'; val: { tag: 'err'; val: ErrorCode } } } {
    return { tag: 'ok', val: { tag: 'ok', val: { tag: 'err', val: { tag: 'HTTP-request-denied' } } } };
  }
}

/** `wasi:http/outgoing-handler`: present, so that components that import it start; every request is denied. */
export const outgoingHandler = {
  handle(): never {
    throw { tag: 'HTTP-request-denied' } satisfies ErrorCode;
  },
};
