import { BodyWriter } from './body-writer.ts';
import type { Fields } from './fields.ts';
import type { GuestRequest, Timeouts } from './guest-request.ts';
import type { Method, Scheme } from './method.ts';
import { declaredLength, OutgoingBody } from './outgoing.ts';
import { RequestTarget } from './request-target.ts';

/** `wasi:http/types` outgoing-request. */
export class OutgoingRequest {
  readonly #headers: Fields;
  readonly #target = new RequestTarget();
  #body: OutgoingBody | undefined;

  constructor(headers: Fields) {
    this.#headers = headers;
  }

  /** Once only: a second call is an error. */
  body(): OutgoingBody {
    if (this.#body !== undefined) throw { payload: undefined };
    const declared = declaredLength(this.#headers);
    this.#body = new OutgoingBody(new BodyWriter(declared, 'HTTP-request-body-size', this.#headers.holdings));
    return this.#body;
  }

  method(): Method {
    return this.#target.method;
  }

  setMethod(method: Method): void {
    this.#target.method = method;
  }

  pathWithQuery(): string | undefined {
    return this.#target.pathWithQuery;
  }

  setPathWithQuery(pathWithQuery: string | undefined): void {
    this.#target.pathWithQuery = pathWithQuery;
  }

  scheme(): Scheme | undefined {
    return this.#target.scheme;
  }

  setScheme(scheme: Scheme | undefined): void {
    this.#target.scheme = scheme;
  }

  authority(): string | undefined {
    return this.#target.authority;
  }

  setAuthority(authority: string | undefined): void {
    this.#target.authority = authority;
  }

  headers(): Fields {
    return this.#headers.clone().freeze();
  }

  /** Host side: what is to be sent. It is gone for the guest, who may go on writing its body. */
  take(timeouts: Timeouts): GuestRequest {
    const body = this.#body;
    const headers = this.#headers.toRaw();
    const declared = declaredLength(this.#headers);
    this.#headers[Symbol.dispose]();
    return {
      ...{ target: this.#target, headers, timeouts, declared },
      body: body && { connect: (sink) => body.connect(sink), discard: () => body.discard() },
    };
  }

  [Symbol.dispose](): void {
    this.#headers[Symbol.dispose]();
    this.#body?.discard();
  }
}
