import type { ReadableFuture } from '../../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../../engine/async/shared-stream.ts';
import type { Holdings } from '../../../runtime/worker/holdings.ts';
import { Fields } from '../fields.ts';
import type { BodySource, RequestHead } from '../incoming.ts';
import { isAuthority, isMethod, isPathWithQuery, isScheme } from '../message-syntax.ts';
import { type Method, type Scheme, toMethod, toScheme } from '../method.ts';
import { type Content, received } from './body.ts';
import { Message } from './message.ts';
import type { RequestOptions } from './request-options.ts';

/** `wasi:http/types@0.3.0` request. */
export class Request extends Message {
  #method: Method = { tag: 'get' };
  #pathWithQuery: string | undefined;
  #scheme: Scheme | undefined;
  #authority: string | undefined;
  readonly #options: RequestOptions | undefined;

  private constructor(headers: Fields, content: Content, options: RequestOptions | undefined) {
    super(headers, content);
    this.#options = options?.clone().freeze();
  }

  static new(
    headers: Fields,
    stream: ReadableStream | undefined,
    trailers: ReadableFuture,
    options: RequestOptions | undefined,
  ): [Request, ReadableFuture] {
    const request = new Request(headers, { stream, trailers }, options);
    return [request, request.transmission()];
  }

  /** Host side: a request of a client. */
  static received(head: RequestHead, body: BodySource, holdings: Holdings): Request {
    const request = new Request(Fields.received(head.headers, holdings), received(body, holdings), undefined);
    request.#method = toMethod(head.method);
    request.#pathWithQuery = head.pathWithQuery;
    request.#scheme = toScheme(head.scheme);
    request.#authority = head.authority;
    return request;
  }

  getMethod(): Method {
    return this.#method;
  }

  setMethod(method: Method): void {
    if (method.tag === 'other' && !isMethod(method.val ?? '')) throw { payload: undefined };
    this.#method = method;
  }

  getPathWithQuery(): string | undefined {
    return this.#pathWithQuery;
  }

  setPathWithQuery(pathWithQuery: string | undefined): void {
    if (pathWithQuery !== undefined && !isPathWithQuery(pathWithQuery)) throw { payload: undefined };
    this.#pathWithQuery = pathWithQuery;
  }

  getScheme(): Scheme | undefined {
    return this.#scheme;
  }

  setScheme(scheme: Scheme | undefined): void {
    if (scheme?.tag === 'other' && !isScheme(scheme.val)) throw { payload: undefined };
    this.#scheme = scheme;
  }

  getAuthority(): string | undefined {
    return this.#authority;
  }

  setAuthority(authority: string | undefined): void {
    if (authority !== undefined && !isAuthority(authority)) throw { payload: undefined };
    this.#authority = authority;
  }

  getOptions(): RequestOptions | undefined {
    return this.#options;
  }

  static consumeBody(request: Request, result: ReadableFuture): [ReadableStream, ReadableFuture] {
    return request.consume(result);
  }
}
