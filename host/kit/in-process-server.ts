import { type IncomingMessage, request } from 'node:http';
import { type Duplex, duplexPair, Readable } from 'node:stream';
import type { Limits } from '../config/limits.ts';
import { Connections } from '../front/connections.ts';
import type { Front } from '../front/front.ts';
import { httpServer } from '../front/http-server.ts';

/** Who wants to know of a request. */
export interface RequestWatch {
  /** The component's thread has it. */
  begun(): void;
  /** Resolves when all of it has ended; the end of the answer's body waits for it. */
  ended(number: number): Promise<void>;
}

/** Statuses whose answers have no body (Fetch, "null body status"). */
const withoutBody: readonly number[] = [101, 204, 205, 304];

/** HTTP between two ends of a stream in this process: what a client sends over a port, without the port. */
export class InProcessServer {
  readonly #server;
  /** Who wants to know of the request of a connection, by the server's end of it. */
  readonly #watches = new WeakMap<Duplex, { readonly watch: RequestWatch; number: number }>();
  readonly #open = new Set<Duplex>();

  constructor(limits: Limits, front: Pick<Front, 'handle' | 'refused'>) {
    const connections = new Connections(limits, () => {});
    this.#server = httpServer(limits, connections, {
      handle: (request, response, mustContinue) => {
        const watched = this.#watches.get(request.socket);
        const exchange = front.handle(request, response, mustContinue, () => watched?.watch.begun());
        if (watched !== undefined) watched.number = exchange.number;
        return exchange;
      },
      refused: (refusal) => front.refused(refusal),
    });
  }

  /**
   * Sends a request of the web platform. Rejects with a `TypeError`, as `fetch` does, where the host closes the
   * connection before there is an answer.
   */
  async fetch(given: Request, watch: RequestWatch): Promise<Response> {
    given.signal.throwIfAborted();
    const [client, server] = this.#connect();
    const watched = { watch, number: 0 };
    this.#watches.set(server, watched);
    const { pathname, search, host } = new URL(given.url);
    const outgoing = request({
      createConnection: () => client,
      method: given.method,
      path: pathname + search,
      headers: [
        ...(given.headers.has('host') ? [] : ['host', host]),
        ...[...given.headers].flat(),
        'connection',
        'close',
      ],
      signal: given.signal,
    });
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    // What is refused at once, such as a head that is too long, has no number and no handler.
    const ended = async (): Promise<void> => {
      if (watched.number !== 0) await watch.ended(watched.number);
    };
    // Its body is taken in from here on, as the connection may end before anybody asks for it.
    outgoing.once('response', (incoming) => resolve(responseOf(incoming, ended)));
    outgoing.once('error', (cause) => {
      reject(given.signal.aborted ? given.signal.reason : new TypeError('fetch failed', { cause }));
    });
    if (given.body === null) outgoing.end();
    else
      Readable.fromWeb(given.body as Parameters<typeof Readable.fromWeb>[0])
        .on('error', (error) => outgoing.destroy(error))
        .pipe(outgoing);
    return await promise;
  }

  /** Breaks off what is under way. */
  close(): void {
    for (const end of this.#open) end.destroy();
    this.#server.closeAllConnections();
  }

  #connect(): [client: Duplex, server: Duplex] {
    const [client, server] = duplexPair();
    this.#open.add(client);
    client.once('close', () => {
      this.#open.delete(client);
      server.destroy();
    });
    server.once('close', () => {
      // What was written to its end is read to its end, also where the host breaks an answer off.
      if (server.writableFinished && !client.readableEnded) client.once('end', () => client.destroy());
      else client.destroy();
    });
    // What the host does to a socket whose answer it breaks off.
    Object.assign(server, { destroySoon: () => server.end(() => server.destroy()) });
    this.#server.emit('connection', server);
    return [client, server];
  }
}

function responseOf(incoming: IncomingMessage, ended: () => Promise<void>): Response {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? '';
    // They belong to the connection, which nobody sees.
    if (!/^(connection|keep-alive|transfer-encoding)$/i.test(name))
      headers.append(name, incoming.rawHeaders[index + 1] ?? '');
  }
  const status = incoming.statusCode ?? 500;
  const init = { status, statusText: incoming.statusMessage ?? '', headers };
  if (withoutBody.includes(status)) {
    incoming.resume();
    return new Response(null, init);
  }
  return new Response(bodyOf(incoming, ended), init);
}

/** How much of a body is taken in before it is read, in bytes. */
const bodyWindow = 64 * 1024;

/** What came before an answer broke off can be read; only then does the stream fail. */
function bodyOf(incoming: IncomingMessage, ended: () => Promise<void>): ReadableStream<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let end: 'none' | 'reached' | { readonly error: unknown } = 'none';
  let wake = (): void => {};
  incoming.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > bodyWindow) incoming.pause();
    wake();
  });
  incoming.once('end', () => {
    end = 'reached';
    wake();
  });
  incoming.once('error', (error) => {
    end = { error };
    wake();
  });
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      if (chunks.length === 0 && end === 'none') {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        size -= chunk.length;
        if (size <= bodyWindow) incoming.resume();
        controller.enqueue(Uint8Array.from(chunk));
        return;
      }
      if (typeof end === 'object') throw end.error;
      await ended();
      controller.close();
      controller.byobRequest?.respond(0);
    },
    async cancel() {
      incoming.destroy();
    },
  });
}
