import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import type { Limits } from '../../../settings/limits.ts';
import { isError } from '../../../shared/is-error.ts';
import { holdProcess } from '../../../shared/process-hold.ts';
import { Connections, type Served } from '../connections.ts';
import { httpServer } from '../http-server.ts';
import type { RefusedClient } from '../refusal.ts';
import type { ServedRequest } from '../served-message.ts';
import { AnswerBody, type BodyStart } from './answer-body.ts';

/** Who wants to know of a request. */
export interface RequestWatch {
  /** It is on its way, from now until this resolves: with its number once the component's host has it, else with undefined. */
  sent(arrival: Promise<number | undefined>): void;
  /** The component's thread has it. */
  begun(): void;
  /** Resolves when all of it has ended; the end of the answer's body waits for it. Not called for one that was refused. */
  ended(number: number): Promise<unknown>;
  /**
   * Why there is no answer, or not all of it.
   * @param number undefined where the request never got so far
   * @param error what the client saw of it
   */
  whyFailed(number: number | undefined, error: unknown): Promise<unknown>;
  /** There is an answer. */
  answered(number: number | undefined, response: Response, start: BodyStart): void;
}

/** What becomes of the requests. */
export interface InProcessHandler {
  /**
   * @param mustContinue whether the client expects `100 Continue` before it sends the body
   * @param begun called when a thread has been given the request, or it waits for one
   */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    mustContinue: boolean,
    begun: () => void,
  ): Served & { readonly number: number };
  /** A client was refused before there was a request. */
  refused(client: RefusedClient): void;
}

/** A request on its way. */
interface Watched {
  readonly watch: RequestWatch;
  readonly method: string;
  readonly path: string;
  readonly arrival: PromiseWithResolvers<number | undefined>;
  number?: number;
}

/** Above the ports of clients: each connection in this process has a number of its own. */
const firstPort = 65_536;

/** Whether a request came without a port. */
export function isInProcess({ socket }: ServedRequest): boolean {
  return (socket.remotePort ?? 0) >= firstPort;
}

/** Statuses whose answers have no body (Fetch, "null body status"). */
const withoutBody: readonly number[] = [101, 204, 205, 304];

/** HTTP between two ends of a stream in this process: what a client sends over a port, without the port. */
export class InProcessServer {
  readonly #server;
  /** The requests under way, by what stands for the client's port. */
  readonly #watched = new Map<number, Watched>();
  readonly #open = new Set<Duplex>();
  #lastPort = firstPort;
  /** Why nothing goes on any more. */
  #closed: Error | undefined;

  constructor(limits: Limits, host: InProcessHandler) {
    const connections = new Connections(limits, () => {});
    this.#server = httpServer(limits, connections, {
      handle: (request, response, mustContinue) => {
        const watched = this.#watched.get(request.socket.remotePort ?? 0);
        const exchange = host.handle(request, response, mustContinue, () => watched?.watch.begun());
        if (watched !== undefined) watched.number = exchange.number;
        watched?.arrival.resolve(exchange.number);
        return exchange;
      },
      refused: (client) => host.refused(this.#asked(client)),
    });
  }

  /**
   * Sends a request of the web platform. Rejects with a `TypeError`, as `fetch` does, where the host closes the
   * connection before there is an answer.
   */
  async fetch(given: Request, watch: RequestWatch): Promise<Response> {
    const { signal, method } = given;
    signal.throwIfAborted();
    const { pathname, search, host } = new URL(given.url);
    const path = pathname + search;
    const watched: Watched = { watch, method, path, arrival: Promise.withResolvers() };
    const client = this.#connect(watched);
    watch.sent(watched.arrival.promise);
    const outgoing = request({
      createConnection: () => client,
      method,
      path,
      headers: [
        ...(given.headers.has('host') ? [] : ['host', host]),
        ...[...given.headers].flat(),
        'connection',
        'close',
      ],
      signal,
    });
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const why = async (message: string, error: unknown): Promise<unknown> => {
      if (this.#closed !== undefined) return this.#closed;
      if (signal.aborted) return signal.reason;
      const cause = await watch.whyFailed(watched.number, error);
      return this.#closed ?? new TypeError(message, { cause });
    };
    // Its body is taken in from here on, as the connection may end before anybody asks for it.
    outgoing.once('response', (incoming) => {
      const body = new AnswerBody(incoming, {
        ended: async () => (watched.number === undefined ? undefined : await watch.ended(watched.number)),
        whyBroken: (error) => why('terminated', error),
      });
      const response = responseOf(incoming, body);
      watch.answered(watched.number, response, body);
      resolve(response);
    });
    // It may fail once more when nobody waits for it.
    outgoing.on('error', (error) => {
      why('fetch failed', error).then(reject, reject);
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

  /** A client that is refused before its head was understood is still known here. */
  #asked(client: RefusedClient): RefusedClient {
    const { method, path } = this.#watched.get(client.clientPort) ?? {};
    return { ...client, ...(method === undefined || path === undefined ? {} : { method, path }) };
  }

  /** Opens a connection for a request; answers the client's end of it. */
  #connect(watched: Watched): Duplex {
    const [client, server] = duplexPair();
    this.#lastPort += 1;
    const remotePort = this.#lastPort;
    this.#watched.set(remotePort, watched);
    server.once('close', () => {
      this.#watched.delete(remotePort);
      watched.arrival.resolve(undefined);
    });
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
    Object.assign(server, { remotePort, destroySoon: () => server.end(() => server.destroy()) });
    this.#server.emit('connection', server);
    return client;
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
  // A body that begins with the request travels with its head; for one that comes later the head does not wait.
  const flushing = setImmediate(() => outgoing.flushHeaders());
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearImmediate(flushing);
      if (outgoing.destroyed) return;
      if (outgoing.write(part.value)) continue;
      using _ = holdProcess();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    outgoing.end();
  } catch (error) {
    outgoing.destroy(isError(error) ? error : new TypeError(String(error)));
  }
}

function responseOf(incoming: IncomingMessage, body: AnswerBody): Response {
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
  return new Response(body.stream(), init);
}
