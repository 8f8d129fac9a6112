import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttp2Server, createSecureServer, type Http2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';

/** A server on a free port of 127.0.0.1 that requests of a component go to. */
export class Upstream implements AsyncDisposable {
  readonly port: number;
  readonly #scheme: string;
  readonly #server: Server | Http2Server | TcpServer;
  readonly #sockets = new Set<Socket>();
  /** How many connections it was asked for. */
  connections = 0;

  private constructor(scheme: string, server: Server | Http2Server | TcpServer) {
    this.#scheme = scheme;
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    const isTls = scheme === 'https';
    server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async http(handle: RequestListener): Promise<Upstream> {
    return await Upstream.#listen('http', createServer(handle));
  }

  static async https(identity: { cert: string; key: string }, handle: RequestListener): Promise<Upstream> {
    return await Upstream.#listen('https', createHttpsServer(identity, handle));
  }

  /** HTTP/2 without TLS; with an identity with it, and beside HTTP/1.1. */
  static async http2(
    identity: { cert: string; key: string } | undefined,
    handle: RequestListener,
  ): Promise<Upstream> {
    // What is asked of requests and responses here, those of HTTP/2 have too.
    const listener = handle as unknown as (request: unknown, response: unknown) => void;
    return identity === undefined
      ? await Upstream.#listen('http', createHttp2Server(listener))
      : await Upstream.#listen('https', createSecureServer({ ...identity, allowHTTP1: true }, listener));
  }

  /** One that speaks no HTTP but what `handle` writes. */
  static async tcp(handle: (socket: Socket) => void): Promise<Upstream> {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      handle(socket);
    });
    return await Upstream.#listen('http', server);
  }

  static async #listen(scheme: string, server: Server | Http2Server | TcpServer): Promise<Upstream> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Upstream(scheme, server);
  }

  /** @param host such as `localhost` */
  url(path = '/', host = '127.0.0.1'): string {
    return `${this.#scheme}://${host}:${this.port}${path}`;
  }

  /** How many connections are open. */
  get open(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
