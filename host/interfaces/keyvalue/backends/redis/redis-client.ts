import { Cluster, Redis } from 'ioredis';
import * as v from 'valibot';
import { StoreError } from '../backend.ts';
import { retryDelay } from '../server-link.ts';
import { tlsOptions, tlsSettings } from '../tls-options.ts';
import { endConnectionsThatConfuse } from './redis-data.ts';

endConnectionsThatConfuse();

/** The options of the `redis` backend. */
export const redisOptions = v.strictObject({
  /**
   * `redis://` or, with TLS, `rediss://`, then `user:password@host:port/database`. `?cluster=true` at the end
   * is for Redis Cluster, `?sentinel=<name of the master>` where the addresses are those of Sentinels; then
   * there may be several, `host:port,host:port`.
   */
  url: v.string(),
  /** Default: the URL's. */
  username: v.optional(v.string()),
  /** Default: the URL's. */
  password: v.optional(v.string()),
  /** Certificates in PEM, beside those that Node trusts anyway. */
  tls: tlsOptions,
  /** Whether keys are named as they are, without their bucket. Default: as `bucket:key`. */
  isFlat: v.optional(v.boolean()),
});

/** The options of the `redis` backend. */
export type RedisOptions = v.InferOutput<typeof redisOptions>;

/** A client that is not connected yet, and what to call its server. */
export interface RedisTarget {
  readonly client: Redis | Cluster;
  /** `redis at host:port`, without secrets. */
  readonly name: string;
  /** What must not appear in any message. */
  readonly secrets: readonly string[];
}

/** The wait before the second attempt to connect, in milliseconds. */
const shortestDelay = 100;
const knownParameters = new Set(['cluster', 'sentinel']);

/**
 * Makes a client that keeps trying to connect and never sends a command twice.
 * @param operationTimeout milliseconds
 */
export function createClient(options: RedisOptions, operationTimeout: number): RedisTarget {
  const { url, nodes } = parse(options.url);
  const username = options.username ?? decoded(url.username);
  const password = options.password ?? decoded(url.password);
  const secured = url.protocol === 'rediss:' || options.tls !== undefined;
  const [first = address('')] = nodes;
  // ioredis counts from 1.
  const delay = (attempt: number): number => retryDelay(attempt - 1, shortestDelay);
  const common = {
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(secured ? { tls: tlsSettings(options.tls) } : {}),
    db: database(url.pathname),
    lazyConnect: true,
    commandTimeout: operationTimeout,
    connectTimeout: operationTimeout,
    socketTimeout: 2 * operationTimeout,
    // A second write to a server of another kind, which hung up at the first, destroys the connection before what it said is read.
    disableClientInfo: true,
    // A command whose answer was lost may have been done, so none is sent again.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // After a failover the old master refuses writes until the client looks for the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  const secrets = [password, encodeURIComponent(password)].filter((secret) => secret !== '');
  const label = `${hostPort(first)}${nodes.length > 1 ? ` and ${nodes.length - 1} more` : ''}`;
  if (url.searchParams.get('cluster') === 'true') {
    const client = new Cluster(nodes, {
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: delay,
      // ioredis would send commands again whose answer was lost.
      retryDelayOnFailover: 0,
      // A certificate holds the name that was dialed.
      ...(secured ? { dnsLookup: (name, done) => done(null, name) } : {}),
      redisOptions: common,
    });
    return { client, name: `redis at ${label}`, secrets };
  }
  const name = url.searchParams.get('sentinel');
  const place =
    name === null
      ? first
      : { name, sentinels: nodes, ...(secured ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}) };
  const client = new Redis({
    ...common,
    ...place,
    ...(name === null ? {} : { sentinelRetryStrategy: delay }),
    enableOfflineQueue: false,
    retryStrategy: delay,
  });
  return { client, name: `redis at ${name === null ? label : `${name} by Sentinel ${label}`}`, secrets };
}

/** The URL without its further servers, and all servers. */
function parse(text: string): { url: URL; nodes: ReturnType<typeof address>[] } {
  // Each server may repeat the scheme.
  const plain = text.replaceAll(/,\w+:\/\//g, ',');
  const [, scheme = '', login = '', hosts = '', rest = ''] =
    /^(\w+:\/\/)(.*@)?([^/?]*)(.*)$/.exec(plain) ?? [];
  const [first = '', ...more] = hosts.split(',');
  if (!URL.canParse(scheme + login + first + rest)) {
    throw new StoreError('other', 'the URL of backend redis is not a valid URL');
  }
  const url = new URL(scheme + login + first + rest);
  for (const name of url.searchParams.keys()) {
    if (knownParameters.has(name)) continue;
    const known = 'known are cluster and sentinel';
    throw new StoreError('other', `the URL of backend redis has the parameter '${name}'; ${known}`);
  }
  if (more.length > 0 && url.searchParams.size === 0) {
    const needed = 'add ?cluster=true, or ?sentinel= and the name of the master';
    throw new StoreError('other', `the URL of backend redis names ${more.length + 1} servers; ${needed}`);
  }
  return { url, nodes: [url.host, ...more].map(address) };
}

function address(text: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? (plain || '127.0.0.1'), port: Number(port ?? 6379) };
}

function hostPort({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function database(path: string): number {
  const [, number] = /^\/?(\d*)$/.exec(path) ?? [];
  if (number !== undefined) return Number(number);
  throw new StoreError(
    'other',
    `the URL of backend redis has the path '${path}'; expected a number, as in /0`,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
