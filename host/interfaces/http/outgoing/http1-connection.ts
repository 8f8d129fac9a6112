import type { Socket } from 'node:net';
import Client, { type Controller } from 'undici/lib/dispatcher/client.js';
import { OutgoingError } from './error-codes.ts';
import { skipInterimResponses } from './interim-responses.ts';
import { type Answering, type Connection, idleTimeout, mostHeadBytes, type Outbound } from './outbound.ts';
import type { RequestSink } from './request-sink.ts';

/** The end of a body in chunks, as undici writes it. */
const lastChunk = '\r\n0\r\n\r\n';

/** A connection of HTTP/1.1, for one request after the other. */
export class Http1Connection implements Connection {
  isUsed = false;
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #onFree: () => void;
  #isBusy = false;

  /** @param onFree called when another request can be sent on it */
  constructor(origin: string, socket: Socket, onFree: () => void) {
    this.#socket = socket;
    this.#onFree = onFree;
    let given: Socket | undefined = socket;
    this.#client = new Client(origin, {
      connect(_, callback) {
        const first = given;
        given = undefined;
        // Within this call the client would not go on.
        queueMicrotask(() => {
          if (first === undefined) callback(new Error('the connection was closed'));
          else callback(null, first);
        });
      },
      maxHeaderSize: mostHeadBytes,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: idleTimeout,
      keepAliveMaxTimeout: 60_000,
    });
  }

  get isFree(): boolean {
    return !this.#isBusy && !this.#socket.destroyed && this.#socket.writable;
  }

  get isIdle(): boolean {
    return !this.#isBusy;
  }

  send({ destination, method, headers, body }: Outbound, answering: Answering): void {
    this.#isBusy = true;
    const isOver = (): void => {
      this.isUsed = true;
      // The connection is closed in this turn where it is not to be kept.
      queueMicrotask(() => {
        this.#isBusy = false;
        if (this.isFree) this.#onFree();
      });
    };
    let status = 0;
    skipInterimResponses(this.#socket);
    this.#client.dispatch(
      { method, path: destination.path, headers: sendable(headers), body: bodyOf(body, this.#socket) },
      {
        onRequestStart(controller) {
          answering.sent({
            pause: () => controller.pause(),
            resume: () => controller.resume(),
            abort: () => controller.abort(new Error('the component does not want it any more')),
          });
        },
        onResponseStart(controller, given) {
          if (given < 200) return;
          status = given;
          answering.head(status, textsOf(controller.rawHeaders));
        },
        onResponseData: (_, bytes) => answering.data(bytes),
        onResponseEnd(controller: Controller) {
          isOver();
          if (status > 0) answering.end(textsOf(controller.rawTrailers));
        },
        onResponseError: (_, error) => {
          if (isMismatch(error) && hasNoContent(status)) answering.end([]);
          else answering.fail(status === 0 && isMismatch(error) ? malformed() : error);
          this.close();
        },
      },
    );
  }

  close(): void {
    this.#client.destroy(null).catch(() => {});
    this.#socket.destroy();
  }
}

/** undici has read another length than a content-length says, or ends with whatever else is wrong before it has read as much. */
function isMismatch(error: Error): boolean {
  return 'code' in error && error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
}

/** The content-length of such a response is that of another one (RFC 9110, 8.6). */
function hasNoContent(status: number): boolean {
  return status === 204 || status === 304;
}

function malformed(): OutgoingError {
  return new OutgoingError(
    { tag: 'HTTP-protocol-error' },
    'the head of the response contradicts itself, or its content-length is no length',
  );
}

/** undici does not wait for `100 Continue`, and refuses to say that it would. */
function sendable(headers: readonly string[]): readonly string[] {
  if (!headers.some((text, index) => index % 2 === 0 && text.toLowerCase() === 'expect')) return headers;
  return headers.filter((_, index) => (headers[index - (index % 2)] ?? '').toLowerCase() !== 'expect');
}

function bodyOf(
  body: RequestSink | undefined,
  socket: Socket,
): Uint8Array | AsyncIterable<Uint8Array> | null {
  if (body === undefined) return null;
  const whole = body.takeWhole();
  if (whole === undefined) return withTrailers(body, socket);
  return whole === 'empty' ? null : whole;
}

/** undici sends no trailers: they are put into the last chunk that it writes. */
async function* withTrailers(body: RequestSink, socket: Socket): AsyncGenerator<Uint8Array> {
  yield* body;
  const { trailers } = body;
  if (trailers.length === 0) return;
  const write = socket.write;
  socket.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    if (chunk !== lastChunk) return Reflect.apply(write, socket, [chunk, ...rest]);
    socket.write = write;
    return socket.write(`\r\n0\r\n${linesOf(trailers)}\r\n`, 'latin1');
  };
}

function linesOf(fields: readonly string[]): string {
  let lines = '';
  for (let index = 0; index + 1 < fields.length; index += 2) {
    lines += `${fields[index]}: ${fields[index + 1]}\r\n`;
  }
  return lines;
}

function textsOf(raw: readonly (Buffer | string)[] | null | undefined): string[] {
  return (raw ?? []).map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
}
