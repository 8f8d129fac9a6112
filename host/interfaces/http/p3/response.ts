import type { ReadableFuture } from '../../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../../engine/async/shared-stream.ts';
import type { Holdings } from '../../../runtime/worker/holdings.ts';
import { BodyWriter } from '../body-writer.ts';
import { Fields } from '../fields.ts';
import { declaredLength } from '../outgoing.ts';
import type { ResponseHead } from '../outgoing-call.ts';
import type { ResponseSink } from '../response-sink.ts';
import { type Content, received, send } from './body.ts';
import { Message } from './message.ts';

/** `wasi:http/types@0.3.0` response. */
export class Response extends Message {
  #status = 200;

  private constructor(headers: Fields, content: Content) {
    super(headers, content);
  }

  static new(
    headers: Fields,
    stream: ReadableStream | undefined,
    trailers: ReadableFuture,
  ): [Response, ReadableFuture] {
    const response = new Response(headers, { stream, trailers });
    return [response, response.transmission()];
  }

  /** Host side: what a server has answered. */
  static received({ status, headers, body }: ResponseHead, holdings: Holdings): Response {
    const response = new Response(Fields.received(headers, holdings), received(body, holdings));
    response.#status = status;
    return response;
  }

  getStatusCode(): number {
    return this.#status;
  }

  setStatusCode(status: number): void {
    if (status < 100 || status > 999) throw { payload: undefined };
    this.#status = status;
  }

  static consumeBody(response: Response, result: ReadableFuture): [ReadableStream, ReadableFuture] {
    return response.consume(result);
  }

  /**
   * Host side: hands it on to the client, as its content comes.
   *
   * @param over called when nothing more of it is to come
   */
  send(sink: ResponseSink, over: () => void): void {
    if (this.#status < 200) {
      sink.refuse({ tag: 'internal-error', val: `${this.#status} is the status of no final answer` });
      this[Symbol.dispose]();
      over();
      return;
    }
    const writer = new BodyWriter(
      declaredLength(this.fields),
      'HTTP-response-body-size',
      this.fields.holdings,
    );
    sink.respond(this.#status, this.fields.toRaw());
    this.fields[Symbol.dispose]();
    send(this.takeContent(), writer, sink, (result) => {
      this.sent(result);
      over();
    });
  }
}
