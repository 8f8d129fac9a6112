import type { ReadableFuture } from '../../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../../engine/async/shared-stream.ts';
import type { Holdings } from '../../../runtime/worker/holdings.ts';
import { Fields } from '../fields.ts';
import type { BodySource, RequestHead } from '../incoming.ts';
import type { Method, Scheme } from '../method.ts';
import { RequestTarget } from '../request-target.ts';
import { type Content, received } from './body.ts';
import { Message } from './message.ts';
import type { RequestOptions } from './request-options.ts';

/** `wasi:http/types@0.3.0` request. */
export class Request extends Message {
  readonly #target: RequestTarget;
  readonly #options: RequestOptions | undefined;

  private constructor(
    headers: Fields,
    content: Content,
    options: RequestOptions | undefined,
    target: RequestTarget,
  ) {
    super(headers, content);
    this.#target = target;
    this.#options = options?.clone().freeze();
  }

  static new(
    headers: Fields,
    stream: ReadableStream | undefined,
    trailers: ReadableFuture,
    options: RequestOptions | undefined,
  ): [Request, ReadableFuture] {
    const request = new Request(headers, { stream, trailers }, options, new RequestTarget());
    return [request, request.transmission()];
  }

  /** Host side: a request of a client. */
  static received(head: RequestHead, body: BodySource, holdings: Holdings): Request {
    const fields = Fields.received(head.headers, holdings);
    return new Request(fields, received(body, holdings), undefined, RequestTarget.received(head));
  }

  getMethod(): Method {
    return this.#target.method;
  }

  setMethod(method: Method): void {
    this.#target.method = method;
  }

  getPathWithQuery(): string | undefined {
    return this.#target.pathWithQuery;
  }

  setPathWithQuery(pathWithQuery: string | undefined): void {
    this.#target.pathWithQuery = pathWithQuery;
  }

  getScheme(): Scheme | undefined {
    return this.#target.scheme;
  }

  setScheme(scheme: Scheme | undefined): void {
    this.#target.scheme = scheme;
  }

  getAuthority(): string | undefined {
    return this.#target.authority;
  }

  setAuthority(authority: string | undefined): void {
    this.#target.authority = authority;
  }

  getOptions(): RequestOptions | undefined {
    return this.#options;
  }

  static consumeBody(request: Request, result: ReadableFuture): [ReadableStream, ReadableFuture] {
    return request.consume(result);
  }
}
