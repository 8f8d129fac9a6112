import type { RequestHead } from './incoming.ts';
import { isAuthority, isMethod, isPathWithQuery, isScheme } from './message-syntax.ts';
import { type Method, type Scheme, toMethod, toScheme } from './method.ts';

/** What a request asks for: its method and the parts of its URL. Parts that no request could carry are refused without a payload. */
export class RequestTarget {
  #method: Method = { tag: 'get' };
  #pathWithQuery: string | undefined;
  #scheme: Scheme | undefined;
  #authority: string | undefined;

  /** What a client has asked for, as it is. */
  static received(head: RequestHead): RequestTarget {
    const target = new RequestTarget();
    target.#method = toMethod(head.method);
    target.#pathWithQuery = head.pathWithQuery;
    target.#scheme = toScheme(head.scheme);
    target.#authority = head.authority;
    return target;
  }

  get method(): Method {
    return this.#method;
  }

  set method(method: Method) {
    if (method.tag === 'other' && !isMethod(method.val ?? '')) throw { payload: undefined };
    this.#method = method;
  }

  get pathWithQuery(): string | undefined {
    return this.#pathWithQuery;
  }

  set pathWithQuery(pathWithQuery: string | undefined) {
    if (pathWithQuery !== undefined && !isPathWithQuery(pathWithQuery)) throw { payload: undefined };
    this.#pathWithQuery = pathWithQuery;
  }

  get scheme(): Scheme | undefined {
    return this.#scheme;
  }

  set scheme(scheme: Scheme | undefined) {
    if (scheme?.tag === 'other' && !isScheme(scheme.val)) throw { payload: undefined };
    this.#scheme = scheme;
  }

  get authority(): string | undefined {
    return this.#authority;
  }

  set authority(authority: string | undefined) {
    if (authority !== undefined && !isAuthority(authority)) throw { payload: undefined };
    this.#authority = authority;
  }
}
