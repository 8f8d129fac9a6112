import { connect, type Socket } from 'node:net';
import { Stream } from 'node:stream';
import type postgres from 'postgres';
import type { Address } from './postgres-url.ts';
import { createClient, type Login } from './session-client.ts';
import { CopyRefusal, plainError } from './session-errors.ts';

/** One value of a row as the server writes it: text in UTF-8, or null. */
export type Cell = Uint8Array | null;

/** What a statement has answered. */
export interface Answer {
  readonly rows: readonly (readonly Cell[])[];
  /** How many rows it has changed, or found. */
  readonly count: number;
}

/** A column of what a statement answers. */
export interface Column {
  readonly name: string;
  /** The number of its type in `pg_type`. */
  readonly type: number;
}

/** Some of the rows that a statement answers. */
export interface Rows {
  /** Of the first part of an answer; of the others none. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A parameter as the server reads it: text. */
export type Parameter = string | null;

/** The number that a message begins with which asks to cancel. Source: PostgreSQL, "Message Formats". */
const cancelRequest = 80_877_102;
/** How long that may take, in milliseconds. */
const cancelTimeout = 5000;
/** How long TLS has to end a connection, in milliseconds. */
const goodbye = 1000;
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
  readonly #close: (isAtOnce: boolean) => void;
  /** By what the server knows the session. */
  readonly #backend: Backend;
  /** How many statements wait for an answer. */
  #pending = 0;
  #isOpen = true;

  private constructor(
    address: Address,
    sql: postgres.Sql,
    socket: Socket,
    close: (isAtOnce: boolean) => void,
    closed: Promise<void>,
    isStandby: boolean,
    backend: Backend,
  ) {
    this.address = address;
    this.#sql = sql;
    this.#socket = socket;
    this.#close = close;
    this.closed = closed;
    this.isStandby = isStandby;
    this.#backend = backend;
    void closed.then(() => {
      this.#isOpen = false;
    });
  }

  /**
   * Rejects with what the server, the network or TLS says against it.
   * @param timeout milliseconds
   */
  static async open(address: Address, login: Login, timeout: number): Promise<Session> {
    const { promise: closed, resolve: hasClosed } = Promise.withResolvers<void>();
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    let socket: Socket | undefined;
    const sql = createClient(address, login, hasClosed, () => {
      // It would connect again by itself.
      if (socket !== undefined) throw new Error('it closed the connection');
      socket = connect({ host: address.host, port: address.port, noDelay: true });
      return socket;
    });
    const late = setTimeout(() => {
      fail(new Error(`no connection after ${timeout} ms`));
      socket?.destroy();
    }, timeout);
    try {
      const first = answerWithBackend(sql.unsafe('SELECT pg_catalog.pg_is_in_recovery()'));
      const { rows, backend } = await Promise.race([first, failed]);
      const [row] = rows;
      if (socket === undefined) throw new Error('there is no connection');
      const isStandby = String(row?.[0] && Buffer.from(row[0])) === 't';
      const opened = socket;
      return new Session(
        address,
        sql,
        opened,
        (isAtOnce) => close(opened, login, isAtOnce),
        closed,
        isStandby,
        backend,
      );
    } catch (error) {
      if (socket !== undefined) close(socket, login, true);
      throw plainError(error);
    } finally {
      clearTimeout(late);
    }
  }

  /** Whether statements can be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
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
    const query = this.#sql.unsafe(text).simple().raw();
    const done = query.forEach(() => {}) as unknown as Promise<unknown>;
    requireRows(await this.#counted(done));
  }

  /**
   * Sends a statement and gets its rows some at a time, while nothing else is sent.
   * @param most how many rows at once
   * @param take gets them; answers whether it wants more. The last ones may come without being waited for
   * @returns the columns where there was no more than one part, and how many rows the last one has changed or found
   */
  async runInParts(
    text: string,
    parameters: readonly Parameter[],
    most: number,
    take: (rows: Rows) => Promise<boolean> | boolean,
  ): Promise<{ columns: readonly Column[]; count: number }> {
    const query = this.#sql.unsafe(text, [...parameters], { prepare: false }).raw();
    const done = query.cursor(most, async (rows) => {
      const part = rows as unknown as Cell[][] & { readonly columns?: readonly Column[] };
      return (await take({ columns: part.columns ?? [], rows: part })) ? undefined : this.#sql.CLOSE;
    });
    const result = requireRows(await this.#counted(done as unknown as Promise<unknown>));
    // Only the first part has them.
    const { columns, count } = result as {
      readonly columns?: readonly Column[] | null;
      readonly count?: number | null;
    };
    return { columns: columns ?? [], count: count ?? 0 };
  }

  /** Has the server read a statement; answers the types of its parameters and its columns. */
  async describe(
    text: string,
  ): Promise<{ readonly parameters: readonly number[]; readonly columns: readonly Column[] }> {
    const described = this.#sql.unsafe(text, [], { prepare: true }).describe();
    const { types, columns } = await this.#counted(
      described as unknown as Promise<{ types?: number[]; columns?: Column[] }>,
    );
    return { parameters: types ?? [], columns: columns ?? [] };
  }

  /** Asks the server to give up what it does for this session. */
  cancel(): void {
    const { pid, secret } = this.#backend;
    if (pid === undefined || secret === undefined) return;
    const message = Buffer.alloc(16);
    for (const [index, word] of [message.length, cancelRequest, pid, secret].entries())
      message.writeUInt32BE(word, index * 4);
    const socket = connect({ host: this.address.host, port: this.address.port });
    // Whether it was in time shows elsewhere.
    socket.on('error', () => {});
    socket.setTimeout(cancelTimeout, () => socket.destroy());
    socket.end(message);
    socket.resume();
  }

  /** All of what is run in it happens or nothing; nothing else is sent meanwhile. */
  transaction<T>(act: (run: Session['run']) => Promise<T>): Promise<T> {
    const done = this.#sql.begin((sql) =>
      act((text, parameters) => answerOf(sql.unsafe(text, [...parameters], { prepare: true }))),
    );
    return this.#counted(done as Promise<T>);
  }

  /** How much has come from the server, in bytes. */
  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  /** Says goodbye and ends. */
  end(): void {
    this.#isOpen = false;
    void this.#sql.end({ timeout: 0 });
    this.#close(false);
  }

  /** Ends it at once, without a word. */
  destroy(): void {
    this.#isOpen = false;
    this.#close(true);
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

type Query = postgres.PendingQuery<(postgres.Row & Iterable<postgres.Row>)[]>;

/** What a server calls a session. */
interface Backend {
  readonly pid?: number;
  readonly secret?: number;
}

async function answerOf(query: Query): Promise<Answer> {
  const { rows, count } = await answerWithBackend(query);
  return { rows, count };
}

async function answerWithBackend(query: Query): Promise<Answer & { readonly backend: Backend }> {
  const result = await query.raw();
  requireRows(result);
  // The declarations of the library have the rows read, and not the numbers.
  const { state } = result as unknown as { readonly state?: Backend };
  return { rows: result as unknown as Cell[][], count: result.count ?? 0, backend: state ?? {} };
}

/** What a statement answers. Throws for one of COPY, which the library answers a stream for. */
function requireRows(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  // It fails with the session, which nobody is to hear of again.
  if (result instanceof Stream) result.on('error', () => {});
  throw new CopyRefusal();
}

/**
 * Closes a connection. TLS has its own goodbye to write, and what it writes to a connection that is gone is an error that nobody hears:
 * it ends the connection itself, where it can.
 */
function close(socket: Socket, { sslMode }: Pick<Login, 'sslMode'>, isAtOnce: boolean): void {
  if (sslMode === 'disable' && isAtOnce) socket.destroy();
  else if (sslMode === 'disable') socket.destroySoon();
  else setTimeout(() => socket.destroy(), goodbye).unref();
}
