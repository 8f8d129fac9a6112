import { StoreError } from '../backend.ts';

/** A server that may have the database. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a URL says of TLS, as libpq's `sslmode` does. */
export type SslMode = (typeof sslModes)[number];
const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** What a URL says, in full. */
export interface PostgresPlace {
  /** In the order in which they are tried. */
  readonly addresses: readonly Address[];
  /** Default: that of `PGUSER`, or of the system. */
  readonly user: string | undefined;
  /** Default: that of `PGPASSWORD`. */
  readonly password: string | undefined;
  /** Default: the one that is called as the user. */
  readonly database: string | undefined;
  readonly sslMode: SslMode;
  /** The path of a file with the certificates that are trusted, in PEM. Default: those that Node trusts. */
  readonly rootCertificates: string | undefined;
  /** The most connections of one thread. */
  readonly poolSize: number;
  /** Where the table of the buckets is. */
  readonly schema: string;
}

const defaultPort = 5432;
const defaultSchema = 'kvasi';
/** The most connections of one thread, unless the URL says otherwise: a server usually takes 100 in all. */
const defaultPoolSize = 4;
const largestPoolSize = 100;
const parameters = ['sslmode', 'sslrootcert', 'pool_size', 'schema'];

/**
 * Reads `postgres://user:password@host:port,host:port/database?sslmode=…`.
 * @param owner whose URL it is, for errors: `backend postgres`
 * @throws {StoreError} for what can't be meant
 */
export function parsePlace(text: string, owner: string): PostgresPlace {
  const wrong = (reason: string): StoreError => new StoreError('other', `the URL of ${owner} ${reason}`);
  // Each server may repeat the scheme, the path and the parameters are behind the last one.
  const plain = text.replaceAll(/,\w+:\/\//g, ',');
  const [, scheme = '', login = '', hosts = '', rest = ''] =
    /^(\w+:\/\/)(.*@)?([^/?]*)(.*)$/s.exec(plain) ?? [];
  const [first = '', ...more] = hosts.split(',');
  if (!URL.canParse(scheme + login + first + rest)) throw wrong('is not a valid URL');
  const url = new URL(scheme + login + first + rest);
  for (const name of url.searchParams.keys()) {
    if (!parameters.includes(name))
      throw wrong(`has the parameter '${name}'; known are ${parameters.join(', ')}`);
  }
  const parameter = (name: string): string | undefined => url.searchParams.get(name) || undefined;
  const sslMode = parameter('sslmode') ?? 'prefer';
  if (!isSslMode(sslMode)) throw wrong(`has the sslmode '${sslMode}'; expected ${sslModes.join(', ')}`);
  const poolSize = Number(parameter('pool_size') ?? defaultPoolSize);
  if (!Number.isInteger(poolSize) || poolSize < 1 || poolSize > largestPoolSize)
    throw wrong(`has a pool_size that is not a number from 1 to ${largestPoolSize}`);
  const decoded = (part: string): string | undefined => {
    try {
      return decodeURIComponent(part) || undefined;
    } catch {
      throw wrong('has a % in its user, password or database that is not escaped');
    }
  };
  return {
    addresses: [url.host, ...more].map(addressOf),
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)),
    sslMode,
    rootCertificates: parameter('sslrootcert'),
    poolSize,
    schema: parameter('schema') ?? defaultSchema,
  };
}

/** For people: `127.0.0.1:5432 and 1 more`. */
export function placeText({ addresses }: PostgresPlace): string {
  const [first, ...more] = addresses.map(({ host, port }) =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
  );
  return more.length === 0 ? `${first}` : `${first} and ${more.length} more`;
}

function addressOf(text: string): Address {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? (plain || '127.0.0.1'), port: Number(port ?? defaultPort) };
}

function isSslMode(text: string): text is SslMode {
  return sslModes.some((mode) => mode === text);
}
