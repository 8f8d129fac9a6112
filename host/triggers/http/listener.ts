import { lookup } from 'node:dns/promises';
import type { Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Limits } from '../../settings/limits.ts';
import type { Tls } from '../../settings/tls-setting.ts';
import type { Address } from '../../shared/address.ts';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { Connections } from './connections.ts';
import { httpServer, type RequestHandler } from './http-server.ts';
import { openFilesLimit } from './open-files-limit.ts';
import { ownerOfPort } from './port-owner.ts';

/** How often a draining listener looks for connections that have become idle, in milliseconds. */
const closeIdleInterval = 50;
/** How long a client may take to finish the head of a request that it had begun when draining began, in milliseconds. */
const headGrace = 1000;

/** How many files of the process are left to what is no connection of a client: stores, the component, the inspector. */
const reservedFiles = 128;

/** An open listener. */
export interface Listener {
  /** The URL for people, such as `http://localhost:8000`. */
  readonly url: string;
  /** All that this machine reaches it by. */
  readonly origins: readonly string[];
  /** Accepts nothing more, and resolves when the last answer has been written. */
  drain(): Promise<void>;
  /** Closes every connection at once. */
  close(): Promise<void>;
}

/**
 * Listens on every address that the host name stands for: `localhost` is 127.0.0.1 and, where there is one,
 * ::1, and people use both. Throws a `HostError` that says who has the port.
 *
 * @param tls absent: HTTP without TLS
 */
export async function listen(
  address: Address,
  limits: Limits,
  handler: RequestHandler,
  tls?: Tls,
): Promise<Listener> {
  const servers: Server[] = [];
  const openFiles = await openFilesLimit();
  const most = {
    ...limits,
    connections: Math.min(limits.connections, Math.max(1, openFiles - reservedFiles)),
  };
  const connections = new Connections(most, (socket, reason) => {
    socket.on('error', ignore);
    connections.linger.closeWith(socket, { status: 503, reason });
    handler.refused({ status: 503, reason, clientPort: socket.remotePort ?? 0 });
  });
  const create = tls === undefined ? undefined : await secureServer(tls, limits, connections, handler);
  let port = address.port;
  try {
    for (const host of await hostsOf(address.host)) {
      const made = httpServer(limits, connections, handler, create);
      const server = await open(made, host, port, servers.length > 0);
      if (server === undefined) continue;
      connections.watch(server, tls !== undefined);
      servers.push(server);
      port = (server.address() as AddressInfo).port;
    }
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  return new Listening(servers, connections, tls === undefined ? 'http' : 'https', address.host, port);
}

class Listening implements Listener {
  readonly url: string;
  readonly origins: readonly string[];
  readonly #servers: readonly Server[];
  readonly #connections: Connections;
  readonly #ended: Promise<void>;

  constructor(
    servers: readonly Server[],
    connections: Connections,
    scheme: string,
    host: string,
    port: number,
  ) {
    this.#servers = servers;
    this.#connections = connections;
    this.url = urlOf(scheme, host, port);
    const isOfAll = host === '0.0.0.0' || host === '::' || host === 'localhost';
    const hosts = isOfAll ? ['localhost', '127.0.0.1', '::1'] : [host];
    this.origins = hosts.map((one) => new URL(urlOf(scheme, one, port)).origin);
    this.#ended = Promise.all(
      servers.map((server) => new Promise((resolve) => server.once('close', resolve))),
    ).then(() => {});
  }

  async drain(): Promise<void> {
    for (const server of this.#servers) server.close();
    this.#connections.drain();
    const closeIdle = (): void => {
      for (const server of this.#servers) server.closeIdleConnections();
    };
    closeIdle();
    // Connections that become idle after their last answer would stay open for the client's next request.
    const timer = setInterval(closeIdle, closeIdleInterval);
    // To Node, a connection with half a head is not idle.
    const graceTimer = setTimeout(() => this.#connections.destroyUnused(), headGrace);
    await this.#ended;
    // A server has closed before its last connections have told so.
    await this.#connections.closed();
    clearInterval(timer);
    clearTimeout(graceTimer);
  }

  close(): Promise<void> {
    const ended = this.drain();
    for (const server of this.#servers) server.closeAllConnections();
    this.#connections.destroyAll();
    return ended;
  }
}

/** Only who serves HTTPS loads what it takes. */
async function secureServer(
  tls: Tls,
  limits: Limits,
  connections: Connections,
  handler: RequestHandler,
): Promise<(options: ServerOptions) => Server> {
  const { secureServers } = await import('./secure-server.ts');
  return await secureServers(tls, limits, connections, handler);
}

async function hostsOf(host: string): Promise<string[]> {
  if (host !== 'localhost') return [host];
  const addresses = await lookup(host, { all: true, family: 0 }).catch(() => []);
  const sorted = addresses.toSorted((a, b) => a.family - b.family).map(({ address }) => address);
  return sorted.length > 0 ? [...new Set(sorted)] : ['127.0.0.1'];
}

function open(server: Server, host: string, port: number, isOptional: boolean): Promise<Server | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Server | undefined>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (isOptional && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')) resolve(undefined);
    else explain(error, host, port).then(reject, reject);
  });
  server.listen(port, host, () => resolve(server));
  return promise;
}

async function explain(error: NodeJS.ErrnoException, host: string, port: number): Promise<HostError> {
  const where = `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE': {
      const owner = await ownerOfPort(port);
      const by = owner === undefined ? 'another process' : owner;
      const next = 'Stop it, or take another port with --address localhost:0 (any free one).';
      return new HostError('address', `port ${port} is in use by ${by}. ${next}`, { cause: error });
    }
    case 'EACCES':
      return new HostError(
        'address',
        `${where} needs more rights; take a port of 1024 or above with --address.`,
        {
          cause: error,
        },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new HostError(
        'address',
        `${where} is no address of this machine; try --address localhost:${port}.`,
        {
          cause: error,
        },
      );
    default:
      return new HostError('address', `can't listen on ${where}: ${reasonOf(error)}`, { cause: error });
  }
}

function urlOf(scheme: string, host: string, port: number): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function ignore(): void {}
