import type { ReadableFuture } from '../../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../../engine/async/shared-stream.ts';
import type { Holdings } from '../../../runtime/worker/holdings.ts';
import { BodyWriter } from '../body-writer.ts';
import { Fields } from '../fields.ts';
import type { GuestRequest } from '../guest-request.ts';
import type { BodySource, RequestHead } from '../incoming.ts';
import type { Method, Scheme } from '../method.ts';
import type { RequestSink } from '../outgoing/request-sink.ts';
import { declaredLength } from '../outgoing.ts';
import { RequestTarget } from '../request-target.ts';
import type { ErrorCode } from '../response-sink.ts';
import { type Content, received, send } from './body.ts';
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

  /** Host side: what is to be sent. */
  take(): GuestRequest {
    const { fields } = this;
    const headers = fields.toRaw();
    const declared = declaredLength(fields);
    const options = this.#options;
    const timeouts = {
      connect: options?.getConnectTimeout(),
      firstByte: options?.getFirstByteTimeout(),
      betweenBytes: options?.getBetweenBytesTimeout(),
    };
    fields[Symbol.dispose]();
    const content = this.takeContent();
    const { holdings } = fields;
    const connect = (sink: RequestSink): void => {
      const writer = new BodyWriter(declared, 'HTTP-request-body-size', holdings);
      send(content, writer, sink, (result) => this.sent(result));
    };
    const discard = (error: ErrorCode): void => {
      content.stream?.drop();
      content.trailers.drop();
      this.sent({ tag: 'err', val: error });
    };
    if (content.stream === undefined) {
      content.trailers.drop();
      this.sent({ tag: 'ok' });
    }
    const body = content.stream === undefined ? undefined : { connect, discard };
    return { target: this.#target, headers, timeouts, declared, body };
  }

  static consumeBody(request: Request, result: ReadableFuture): [ReadableStream, ReadableFuture] {
    return request.consume(result);
  }
}
