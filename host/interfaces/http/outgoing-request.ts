import { BodyWriter } from './body-writer.ts';
import type { Fields } from './fields.ts';
import { isAuthority, isMethod, isPathWithQuery, isScheme } from './message-syntax.ts';
import type { Method, Scheme } from './method.ts';
import { declaredLength, OutgoingBody } from './outgoing.ts';

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

  /** Once only: a second call is an error. */
  body(): OutgoingBody {
    if (this.#body !== undefined) throw { payload: undefined };
    const declared = declaredLength(this.#headers);
    this.#body = new OutgoingBody(new BodyWriter(declared, 'HTTP-request-body-size', this.#headers.holdings));
    return this.#body;
  }

  method(): Method {
    return this.#method;
  }

  setMethod(method: Method): void {
    if (method.tag === 'other' && !isMethod(method.val ?? '')) throw { payload: undefined };
    this.#method = method;
  }

  pathWithQuery(): string | undefined {
    return this.#pathWithQuery;
  }

  setPathWithQuery(pathWithQuery: string | undefined): void {
    if (pathWithQuery !== undefined && !isPathWithQuery(pathWithQuery)) throw { payload: undefined };
    this.#pathWithQuery = pathWithQuery;
  }

  scheme(): Scheme | undefined {
    return this.#scheme;
  }

  setScheme(scheme: Scheme | undefined): void {
    if (scheme?.tag === 'other' && !isScheme(scheme.val)) throw { payload: undefined };
    this.#scheme = scheme;
  }

  authority(): string | undefined {
    return this.#authority;
  }

  setAuthority(authority: string | undefined): void {
    if (authority !== undefined && !isAuthority(authority)) throw { payload: undefined };
    this.#authority = authority;
  }

  headers(): Fields {
    return this.#headers.clone().freeze();
  }

  [Symbol.dispose](): void {
    this.#headers[Symbol.dispose]();
    this.#body?.discard();
  }
}
