import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import type { Limits } from '../config/limits.ts';
import { Connections } from '../front/connections.ts';
import type { Front } from '../front/front.ts';
import { httpServer } from '../front/http-server.ts';
import { holdProcess } from './process-hold.ts';

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
  /** Why nothing goes on any more. */
  #closed: Error | undefined;

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
    const ending: Ending = {
      // What is refused at once, such as a head that is too long, has no number and no handler.
      ended: async () => {
        if (watched.number !== 0) await watch.ended(watched.number);
      },
      failure: (error) => this.#closed ?? error,
    };
    // Its body is taken in from here on, as the connection may end before anybody asks for it.
    outgoing.once('response', (incoming) => resolve(responseOf(incoming, ending)));
    // It may fail once more when nobody waits for it.
    outgoing.on('error', (cause) => {
      const failure = given.signal.aborted ? given.signal.reason : new TypeError('fetch failed', { cause });
      reject(ending.failure(failure));
    });
    if (given.body === null) outgoing.end();
    else void sendBody(given.body, outgoing);
    return await promise;
  }

  /** Breaks off what is under way, which fails with this error. */
  close(error: Error): void {
    this.#closed = error;
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

/** Sends a body, and gives it up where the connection ends before. */
async function sendBody(body: ReadableStream<Uint8Array>, outgoing: ClientRequest): Promise<void> {
  const reader = body.getReader();
  let wake = (): void => {};
  outgoing.on('drain', () => wake());
  outgoing.once('close', () => {
    wake();
    reader.cancel(new TypeError('the connection was closed')).catch(() => {});
  });
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (outgoing.destroyed) return;
      if (outgoing.write(part.value)) continue;
      using _ = holdProcess();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    outgoing.end();
  } catch (error) {
    outgoing.destroy(error instanceof Error ? error : new TypeError(String(error)));
  }
}

/** How an answer comes to its end. */
interface Ending {
  /** Resolves when the component's handler has ended. */
  ended(): Promise<void>;
  /** What a reader is told of an error. */
  failure(error: unknown): unknown;
}

function responseOf(incoming: IncomingMessage, ending: Ending): Response {
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
  return new Response(bodyOf(incoming, ending), init);
}

/** How much of a body is taken in before it is read, in bytes. */
const bodyWindow = 64 * 1024;

/** What came before an answer broke off can be read; only then does the stream fail. */
function bodyOf(incoming: IncomingMessage, ending: Ending): ReadableStream<Uint8Array> {
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
  incoming.on('error', (error) => {
    end = { error: ending.failure(error) };
    wake();
  });
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      // Somebody waits for it; an answer that nobody reads keeps nothing.
      using _ = holdProcess();
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
      await ending.ended();
      controller.close();
      controller.byobRequest?.respond(0);
    },
    async cancel() {
      incoming.destroy();
    },
  });
}
