import type { Socket } from 'node:net';
import postgres from 'postgres';
import type { Address, SslMode } from './postgres-url.ts';

/** Who connects, to what, and how. */
export interface Login {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly sslMode: SslMode;
  /** What certificates are checked by, and shown, as Node takes it. */
  readonly tls: { readonly [name: string]: string };
  /** How long the server lets a statement run, in milliseconds; 0 for as long as it takes. */
  readonly statementTimeout: number;
  /** Settings of the server for the session. Default: its own */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The first bytes that a server answers with: what follows is an authentication, an error, a note, a version of the protocol. */
const greetings = new Set([...'RENv'].map((letter) => letter.charCodeAt(0)));
/** What it answers where it is asked for TLS: yes, no, an error. */
const tlsAnswers = new Set([...'SNE'].map((letter) => letter.charCodeAt(0)));
const [saysNo] = Buffer.from('N');

/** Text goes to the server and comes from it as it is; the library would read the types that it knows. */
const asGiven = {
  to: 25,
  from: [16, 17, 21, 23, 26, 114, 700, 701, 1082, 1114, 1184, 3802],
  serialize: (text: unknown) => text,
  parse: (text: unknown) => text,
};

/** Destroys a connection to what can't be a server of this kind. */
function checkGreeting(socket: Socket, data: Buffer, sslMode: SslMode): void {
  const [first = 0] = data;
  const isAsked = sslMode !== 'disable';
  if (!(isAsked ? tlsAnswers : greetings).has(first))
    socket.destroy(new Error('what answers there does not speak the protocol of PostgreSQL'));
  else if (isAsked && sslMode !== 'prefer' && first === saysNo)
    socket.destroy(new Error('it has no TLS, which the URL requires'));
}

/**
 * A socket whose late errors end nothing: the library takes all listeners away from one that has closed, and a write that fails after
 * that would end the process (`closed` in https://github.com/porsager/postgres/blob/master/src/connection.js).
 */
function heedingErrors(socket: Socket): Socket {
  const removeAll = socket.removeAllListeners.bind(socket);
  socket.removeAllListeners = (event?: string | symbol) => {
    // It tells no event and `undefined` apart.
    if (event === undefined) removeAll();
    else removeAll(event);
    return socket.on('error', () => {});
  };
  return socket;
}

/** @param connectTo called once for the session, and where the library would connect again */
export function createClient(
  address: Address,
  login: Login,
  hasClosed: () => void,
  connectTo: () => Socket,
): postgres.Sql {
  const options = {
    host: address.host,
    port: address.port,
    ...definedOnly({ user: login.user, pass: login.password, database: login.database }),
    max: 1,
    ssl: tlsOf(login, address),
    socket() {
      try {
        const socket = heedingErrors(connectTo());
        socket.once('data', (data) => checkGreeting(socket, Buffer.from(data), login.sslMode));
        return Object.assign(socket, { host: address.host });
      } catch (error) {
        hasClosed();
        throw error;
      }
    },
    connection: {
      application_name: 'kvasi',
      ...(login.statementTimeout > 0 ? { statement_timeout: login.statementTimeout } : {}),
      ...login.settings,
    },
    types: { text: asGiven },
    fetch_types: false,
    no_subscribe: true,
    idle_timeout: 0,
    max_lifetime: 0,
    connect_timeout: 0,
    onnotice: () => {},
    onclose: () => hasClosed(),
  };
  // The declarations of the library lack what its sources have.
  return postgres(options as unknown as postgres.Options<Record<string, postgres.PostgresType>>);
}

/** As the library takes it. Source: libpq's table of `sslmode`. */
function tlsOf({ sslMode, tls }: Login, { host }: Address): object | 'prefer' | false {
  if (sslMode === 'disable') return false;
  // By its name even where it is an address: Node would look for another one in the certificate.
  if (Object.keys(tls).length > 0 || sslMode === 'verify-full') return { ...tls, host };
  if (sslMode === 'verify-ca') return { checkServerIdentity: () => undefined };
  return sslMode === 'prefer' ? 'prefer' : { rejectUnauthorized: false };
}

function definedOnly(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
