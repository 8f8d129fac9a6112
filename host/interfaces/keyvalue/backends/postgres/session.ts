import { connect, type Socket } from 'node:net';
import postgres from 'postgres';
import { isError } from '../../../../shared/is-error.ts';
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
}

/** One value of a row as the server writes it: text in UTF-8, or null. */
export type Cell = Uint8Array | null;

/** What a statement has answered. */
export interface Answer {
  readonly rows: readonly (readonly Cell[])[];
  /** How many rows it has changed, or found. */
  readonly count: number;
}

/** A parameter as the server reads it: text. */
export type Parameter = string | null;

/** The first bytes that a server answers with: what follows is an authentication, an error, a note, a version of the protocol. */
const greetings = new Set([...'RENv'].map((letter) => letter.charCodeAt(0)));
/** What it answers where it is asked for TLS: yes, no, an error. */
const tlsAnswers = new Set([...'SNE'].map((letter) => letter.charCodeAt(0)));
const [saysNo] = Buffer.from('N');

/**
 * One connection to a server. It is made once: when it ends, what was sent fails, and nothing is sent again.
 *
 * The client library would connect again by itself, without end where a server accepts and closes, and keeps what it
 * connects by to itself; so each session has a client of its own with one connection, by a socket of ours.
 */
export class Session {
  readonly address: Address;
  /** Resolves when it has ended. */
  readonly closed: Promise<void>;
  /** Whether the server takes no writes, because it follows another one. */
  readonly isStandby: boolean;
  readonly #sql: postgres.Sql;
  readonly #socket: Socket;
  /** How many statements wait for an answer. */
  #pending = 0;

  private constructor(
    address: Address,
    sql: postgres.Sql,
    socket: Socket,
    closed: Promise<void>,
    isStandby: boolean,
  ) {
    this.address = address;
    this.#sql = sql;
    this.#socket = socket;
    this.closed = closed;
    this.isStandby = isStandby;
  }

  /**
   * Rejects with what the server, the network or TLS says against it.
   * @param timeout milliseconds
   */
  static async open(address: Address, login: Login, timeout: number): Promise<Session> {
    const { promise: closed, resolve: hasClosed } = Promise.withResolvers<void>();
    const socket = connect({ host: address.host, port: address.port, noDelay: true });
    socket.once('data', (data) => checkGreeting(socket, Buffer.from(data), login.sslMode));
    let isUsed = false;
    const sql = postgres({
      host: address.host,
      port: address.port,
      ...definedOnly({ user: login.user, pass: login.password, database: login.database }),
      max: 1,
      ssl: tlsOf(login, address),
      socket: () => {
        if (isUsed) {
          hasClosed();
          throw new Error('it closed the connection');
        }
        isUsed = true;
        return Object.assign(socket, { host: address.host });
      },
      connection: {
        application_name: 'kvasi',
        ...(login.statementTimeout > 0 ? { statement_timeout: login.statementTimeout } : {}),
      },
      types: { text: asGiven },
      fetch_types: false,
      no_subscribe: true,
      idle_timeout: 0,
      max_lifetime: 0,
      connect_timeout: 0,
      onnotice: () => {},
      onclose: () => hasClosed(),
    } as unknown as postgres.Options<Record<string, postgres.PostgresType>>);
    const late = setTimeout(() => socket.destroy(new Error(`no connection after ${timeout} ms`)), timeout);
    try {
      const [row] = await sql.unsafe('SELECT pg_catalog.pg_is_in_recovery()').values();
      return new Session(address, sql, socket, closed, row?.[0] === 't' || row?.[0] === true);
    } catch (error) {
      socket.destroy();
      throw plainError(error);
    } finally {
      clearTimeout(late);
    }
  }

  /** How many statements wait for an answer. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Sends a statement that the server keeps prepared.
   * @throws what the server says, or why there is no answer: see `plainError`
   */
  run(text: string, parameters: readonly Parameter[]): Promise<Answer> {
    return this.#counted(answerOf(this.#sql.unsafe(text, [...parameters], { prepare: true })));
  }

  /** Sends several statements as one transaction. They have no parameters, and nothing of what they answer is wanted. */
  async runBatch(text: string): Promise<void> {
    await this.#counted(answerOf(this.#sql.unsafe(text).simple()));
  }

  /** All of what is run in it happens or nothing; nothing else is sent meanwhile. */
  transaction<T>(act: (run: Session['run']) => Promise<T>): Promise<T> {
    const done = this.#sql.begin((sql) =>
      act((text, parameters) => answerOf(sql.unsafe(text, [...parameters], { prepare: true }))),
    );
    return this.#counted(done as Promise<T>);
  }

  /** Says goodbye and ends. */
  end(): void {
    void this.#sql.end({ timeout: 0 });
    this.#socket.destroySoon();
  }

  /** Ends it at once, without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  async #counted<T>(answer: Promise<T>): Promise<T> {
    this.#pending += 1;
    try {
      return await answer;
    } catch (error) {
      throw plainError(error);
    } finally {
      this.#pending -= 1;
    }
  }
}

/** What the server says against a statement. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  /** Five characters. Source: PostgreSQL's appendix A. */
  readonly sqlState: string;
  /** Everything that the server has told of it, by the names that the library gives the fields. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(message: string, sqlState: string, fields: Readonly<Record<string, string>>) {
    super(message);
    this.sqlState = sqlState;
    this.fields = fields;
  }
}

/** There is no answer, because the connection has ended. */
export class ConnectionLoss extends Error {
  override readonly name = 'ConnectionLoss';
}

/**
 * The library's error without what it hangs on to it: the statement and its parameters. A {@link ServerRefusal} where the
 * server has answered, a {@link ConnectionLoss} where it hasn't.
 */
function plainError(thrown: unknown): Error {
  if (thrown instanceof ServerRefusal || thrown instanceof ConnectionLoss) return thrown;
  const error = isError(thrown) ? thrown : new Error(String(thrown));
  if (error instanceof postgres.PostgresError) {
    const fields = Object.entries(error).filter(([, value]) => typeof value === 'string');
    return new ServerRefusal(error.message, error.code, Object.fromEntries(fields));
  }
  const code = 'code' in error ? String(error.code) : '';
  if (/^(CONNECTION_|EPIPE|ECONNRESET|ERR_STREAM)/.test(code))
    return new ConnectionLoss('it closed the connection');
  // All of a name's addresses were tried.
  if (error instanceof AggregateError && error.message === '')
    return new ConnectionLoss(error.errors.map((one: Error) => one.message).join(', '));
  return new ConnectionLoss(error.message);
}

/** Text goes to the server and comes from it as it is; the library would read the types that it knows. */
const asGiven = {
  to: 25,
  from: [16, 17, 21, 23, 26, 114, 700, 701, 1082, 1114, 1184, 3802],
  serialize: (text: unknown) => text,
  parse: (text: unknown) => text,
};

async function answerOf(
  query: postgres.PendingQuery<(postgres.Row & Iterable<postgres.Row>)[]>,
): Promise<Answer> {
  const result = await query.raw();
  return { rows: result as unknown as Cell[][], count: result.count ?? 0 };
}

/** Destroys a connection to what can't be a server of this kind. */
function checkGreeting(socket: Socket, data: Buffer, sslMode: SslMode): void {
  const [first = 0] = data;
  const isAsked = sslMode !== 'disable';
  if (!(isAsked ? tlsAnswers : greetings).has(first))
    socket.destroy(new Error('what answers there does not speak the protocol of PostgreSQL'));
  else if (isAsked && sslMode !== 'prefer' && first === saysNo)
    socket.destroy(new Error('it has no TLS, which the URL requires'));
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
