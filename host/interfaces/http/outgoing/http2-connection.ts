import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { OutgoingError } from './error-codes.ts';
import { type Answering, type Connection, idleTimeout, mostHeadBytes, type Outbound } from './outbound.ts';

/** How many requests are under way on one connection at most, however many its server allows. */
const mostStreams = 100;

/** A connection of HTTP/2, for many requests at once. */
export class Http2Connection implements Connection {
  isUsed = false;
  readonly #session: ClientHttp2Session;
  readonly #onFree: () => void;
  #streams = 0;

  /**
   * @param onFree called when another request can be sent on it
   * @param onClose called once when it takes no more
   */
  constructor(origin: string, socket: Socket, onFree: () => void, onClose: () => void) {
    this.#onFree = onFree;
    this.#session = connect(origin, {
      createConnection: () => socket,
      maxHeaderListPairs: 2000,
      settings: { enablePush: false, maxHeaderListSize: mostHeadBytes },
    });
    // What fails fails for each of its requests.
    this.#session.on('error', () => {});
    this.#session.on('goaway', () => this.#session.close());
    this.#session.once('close', onClose);
    this.#session.setTimeout(idleTimeout, () => {
      if (this.#streams === 0) this.#session.close();
    });
  }

  get isFree(): boolean {
    const { closed, destroyed, remoteSettings } = this.#session;
    const allowed = remoteSettings?.maxConcurrentStreams ?? mostStreams;
    return !closed && !destroyed && this.#streams < Math.min(allowed, mostStreams);
  }

  get isIdle(): boolean {
    return this.#streams === 0;
  }

  send({ destination, method, headers, body }: Outbound, answering: Answering): void {
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(
        {
          ...fieldsOf(headers),
          ':method': method,
          ':scheme': destination.scheme,
          ':authority': destination.authority,
          ':path': destination.path,
        },
        { endStream: body === undefined, waitForTrailers: body !== undefined },
      );
    } catch (error) {
      queueMicrotask(() => answering.fail(error));
      return;
    }
    this.isUsed = true;
    this.#streams += 1;
    stream.once('close', () => {
      this.#streams -= 1;
      if (this.isFree) this.#onFree();
    });
    receive(stream, answering);
    answering.sent({
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      abort: () => stream.close(constants.NGHTTP2_CANCEL),
    });
    if (body === undefined) return;
    stream.once('wantTrailers', () => stream.sendTrailers(fieldsOf(body.trailers)));
    writeAll(body, stream).catch(() => stream.close(constants.NGHTTP2_CANCEL));
  }

  close(): void {
    this.#session.destroy();
  }
}

function receive(stream: ClientHttp2Stream, answering: Answering): void {
  let trailers: readonly string[] = [];
  let isBegun = false;
  let isOver = false;
  const fail = (thrown: unknown): void => {
    if (isOver) return;
    isOver = true;
    answering.fail(thrown);
  };
  stream.once('response', (headers: IncomingHttpHeaders) => {
    isBegun = true;
    answering.head(Number(headers[':status']), textsOf(headers));
  });
  stream.once('trailers', (fields: IncomingHttpHeaders) => {
    trailers = textsOf(fields);
  });
  stream.on('data', (bytes: Buffer) => answering.data(bytes));
  stream.once('end', () => {
    if (isOver || !isBegun || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    isOver = true;
    // The trailers come in the same turn.
    answering.end(trailers);
  });
  stream.once('error', fail);
  stream.once('close', () => fail(closedError(stream.rstCode)));
}

function closedError(code: number): Error {
  const tag =
    code === constants.NGHTTP2_PROTOCOL_ERROR || code === constants.NGHTTP2_HTTP_1_1_REQUIRED
      ? 'HTTP-protocol-error'
      : 'connection-terminated';
  return new OutgoingError({ tag }, `the server closed the stream with the code ${code}`);
}

async function writeAll(body: AsyncIterable<Uint8Array>, stream: ClientHttp2Stream): Promise<void> {
  for await (const chunk of body) {
    if (stream.destroyed || stream.closed) return;
    if (stream.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const goOn = (): void => {
        stream.off('drain', goOn).off('close', goOn);
        resolve();
      };
      stream.on('drain', goOn).on('close', goOn);
    });
  }
  stream.end();
}

/** HTTP/2 allows of `te` nothing but `trailers`. */
function fieldsOf(raw: readonly string[]): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = Object.create(null);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    if (name === 'te' && value.toLowerCase() !== 'trailers') continue;
    fields[name] ??= [];
    fields[name].push(value);
  }
  const single = Object.entries(fields).map(([name, values]) => [
    name,
    values.length === 1 ? values[0] : values,
  ]);
  return Object.fromEntries(single);
}

function textsOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (name.startsWith(':') || value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [name, one]);
  });
}
