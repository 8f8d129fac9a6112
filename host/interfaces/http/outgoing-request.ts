import { BodyWriter } from './body-writer.ts';
import type { Fields } from './fields.ts';
import type { Method, Scheme } from './method.ts';
import { declaredLength, OutgoingBody } from './outgoing.ts';
import { RequestTarget } from './request-target.ts';

/** `wasi:http/types` outgoing-request. Components may build one; sending it is denied, see `outgoingHandler`. */
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

  [Symbol.dispose](): void {
    this.#headers[Symbol.dispose]();
    this.#body?.discard();
  }
}
