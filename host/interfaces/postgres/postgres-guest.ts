import type { Interceptor } from '../../runtime/fault-injection/interceptor.ts';
import type { Values } from '../../runtime/trace/attribute.ts';
import type { InterfaceTrace } from '../../runtime/trace/trace-log.ts';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import { reasonOf } from '../../shared/host-error.ts';
import type { Column, Parameter, Rows, Session } from '../keyvalue/backends/postgres/session.ts';
import type { Database } from './database.ts';
import { Failure } from './failure.ts';
import { largestParameters, largestResult, largestStatement, mostRows, rowsAtOnce } from './limits.ts';
import type { PostgresOperationName } from './operation-name.ts';
import { postgresOperations } from './operations.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { type Row, RowStream } from './row-stream.ts';
import { shownStatement } from './statement-text.ts';
import { WrongValue } from './values/codec.ts';
import { type PgValue, readerFor, writeParameter } from './values/pg-value.ts';

/** How often it is looked how much the server has sent, in milliseconds. */
const sizeInterval = 20;

/** What the functions of one guest share, in whatever version it imports them. */
export interface PostgresGuestContext {
  /** Throws a `Failure` where no database is configured. */
  readonly database: () => Database;
  readonly prepared: PreparedStatements;
  readonly trace: Pick<InterfaceTrace, 'note' | 'current'>;
  readonly holdings: Holdings;
  readonly interceptor: Interceptor | undefined;
  readonly request: () => number;
}

/** What a query answers. */
export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** The same, row by row. */
export interface StreamedResult {
  readonly columns: readonly string[];
  readonly rows: RowStream;
  /** Resolves at the end, with what went wrong in the middle. */
  readonly outcome: Promise<Failure | undefined>;
}

/** What one guest does with its database. Every failure that it is to hear of is a `Failure`. */
export class PostgresGuest {
  readonly #context: PostgresGuestContext;

  constructor(context: PostgresGuestContext) {
    this.#context = context;
  }

  /** All rows at once. */
  query(text: string, params: readonly PgValue[]): Promise<Result> {
    const collect = async (session: Session, database: Database): Promise<Result> => {
      const rows: Row[] = [];
      let size = 0;
      const columns = await this.#run(session, database, text, params, (part, bytes) => {
        size += bytes;
        if (rows.length + part.length > mostRows || size > largestResult) {
          const most = `at most ${mostRows} rows and ${largestResult} bytes (64 MiB) are answered at once`;
          throw new Failure('other', `the query has more rows: ${most}; use LIMIT`);
        }
        rows.push(...part);
        return true;
      });
      return { columns, rows };
    };
    return this.#make('query', text, collect, ({ rows }) => [rows.length]);
  }

  /** Rows as the guest reads them; resolves when the columns are known. */
  async stream(text: string, params: readonly PgValue[]): Promise<StreamedResult> {
    const rows = new RowStream();
    const header = Promise.withResolvers<readonly string[]>();
    let count = 0;
    const run = async (session: Session, database: Database): Promise<void> => {
      const pass = (
        part: readonly Row[],
        _: number,
        columns: readonly string[],
      ): Promise<boolean> | boolean => {
        header.resolve(columns);
        count += part.length;
        return rows.put(part);
      };
      header.resolve(await this.#run(session, database, text, params, pass));
    };
    const outcome = this.#make('query', text, run, () => [count]).then(
      () => undefined,
      (error: unknown) => {
        header.reject(error);
        if (error instanceof Failure) return error;
        throw error;
      },
    );
    // Whoever reads neither the end nor its reason has dropped them.
    const settled = outcome.finally(() => rows.end());
    settled.catch(() => {});
    return { columns: await header.promise, rows, outcome: settled };
  }

  /** Several statements, all of which happen or none. */
  batch(text: string): Promise<void> {
    return this.#make('query-batch', text, async (session) => {
      requireStatement(text);
      await session.runBatch(text);
    });
  }

  /** Answers a token for a statement that the server has understood. */
  prepare(text: string): Promise<string> {
    return this.#make('prepare', text, async (session) => {
      requireStatement(text);
      const { parameters } = await session.describe(text);
      return this.#context.prepared.add({ text, parameters: parameters.length });
    });
  }

  /** Answers how many rows were changed. */
  execute(token: string, params: readonly PgValue[]): Promise<bigint> {
    const statement = this.#context.prepared.get(token);
    const run = async (session: Session): Promise<bigint> => {
      if (statement === undefined)
        throw new Failure('unknown-prepared-statement', 'the token is of no statement that was prepared');
      const texts = parameterTexts(params);
      if (texts.length !== statement.parameters) {
        const wanted = `${statement.parameters} of them are wanted`;
        throw new Failure('invalid-params', `${texts.length} parameters were given, ${wanted}`);
      }
      // Of what is found, the server counts the last part alone.
      let rows = 0;
      const { count } = await guarded(session, () =>
        session.runInParts(statement.text, texts, rowsAtOnce, (part) => {
          rows += part.rows.length;
          return true;
        }),
      );
      return BigInt(Math.max(rows, count));
    };
    return this.#make('exec', statement?.text ?? '', run, (count) => [Number(count)]);
  }

  /** Runs a query; answers its columns. @param take see `Session.runInParts`; may throw a `Failure` */
  async #run(
    session: Session,
    database: Database,
    text: string,
    params: readonly PgValue[],
    take: (rows: readonly Row[], bytes: number, columns: readonly string[]) => Promise<boolean> | boolean,
  ): Promise<readonly string[]> {
    requireStatement(text);
    const texts = parameterTexts(params);
    let failure: unknown;
    let known: readonly Column[] | undefined;
    let readers: readonly ((text: string) => PgValue)[] = [];
    const takeRows = ({ columns, rows }: Rows, heard: () => void): Promise<boolean> | boolean => {
      if (failure !== undefined) return false;
      try {
        heard();
        if (known === undefined) {
          readers = columns.map((column) => readerFor(database.caseOf(column)));
          known = columns;
        }
        const { converted, bytes } = convert(rows, known, readers);
        return take(converted, bytes, namesOf(known));
      } catch (error) {
        // The library would tell nobody.
        failure = error;
        return false;
      }
    };
    const columns = await guarded(session, async (heard) => {
      const answer = await session.runInParts(text, texts, rowsAtOnce, (rows) => takeRows(rows, heard));
      return known ?? answer.columns;
    });
    if (failure !== undefined) throw failure;
    return namesOf(columns);
  }

  /** Makes an operation, past whoever stands between, and notes it. */
  async #make<T>(
    name: PostgresOperationName,
    text: string,
    action: (session: Session, database: Database) => Promise<T>,
    details: (result: T) => Values = () => [],
  ): Promise<T> {
    const { holdings, trace, database } = this.#context;
    const operation = postgresOperations.operations[name];
    const shown = shownStatement(text);
    const current = trace.current();
    const started = performance.now();
    let target = '';
    try {
      const used = database();
      target = used.name;
      const result = await this.#past(name, target, shown, () =>
        used.during(
          text,
          (end) => holdings.keepOpen(end),
          (session) => action(session, used),
        ),
      );
      current.note(operation, target, shown, details(result), undefined, started);
      return result;
    } catch (error) {
      if (error instanceof Failure) current.note(operation, target, shown, [], failureText(error), started);
      throw error;
    }
  }

  async #past<T>(
    name: PostgresOperationName,
    target: string,
    shown: string,
    action: () => Promise<T>,
  ): Promise<T> {
    const { interceptor, request } = this.#context;
    if (interceptor === undefined || !interceptor.isActive) return await action();
    const text = `${name} ${shown}`;
    return await interceptor.make(
      {
        request: request(),
        operation: postgresOperations.operations[name],
        target,
        items: [shown],
        failure: (_, message) => new Failure('other', message),
        text: () => text,
        failedText: (reason) => `${text} → failed: ${reasonOf(reason)}`,
      },
      action,
    );
  }
}

/** A failure for people: with the SQLSTATE, where it has one. */
export function failureText({ message, dbError }: Failure): string {
  return dbError === undefined ? message : `${dbError.code}: ${message}`;
}

/** Ends the session where the server sends more than is kept of what it answers, before somebody has taken it. */
async function guarded<T>(session: Session, act: (heard: () => void) => Promise<T>): Promise<T> {
  let before = session.bytesRead;
  let isTooMuch = false;
  const look = setInterval(() => {
    // Two bytes of text for each of `bytea`, and some besides.
    if (session.bytesRead - before <= 3 * largestResult) return;
    isTooMuch = true;
    session.cancel();
    session.destroy();
  }, sizeInterval);
  try {
    return await act(() => {
      before = session.bytesRead;
    });
  } catch (error) {
    if (!isTooMuch) throw error;
    throw new Failure('other', `a row of the query has more than ${largestResult} bytes (64 MiB)`);
  } finally {
    clearInterval(look);
  }
}

function namesOf(columns: readonly Column[]): string[] {
  return columns.map(({ name }) => name);
}

function convert(
  rows: Rows['rows'],
  columns: readonly Column[],
  readers: readonly ((text: string) => PgValue)[],
): { converted: Row[]; bytes: number } {
  let bytes = 0;
  const converted = rows.map((cells) =>
    cells.map((cell, index): PgValue => {
      if (cell === null) return { tag: 'null' };
      bytes += cell.length;
      const text = Buffer.from(cell.buffer, cell.byteOffset, cell.length).toString();
      try {
        return readers[index]?.(text) ?? { tag: 'null' };
      } catch (error) {
        if (!(error instanceof WrongValue)) throw error;
        const column = JSON.stringify(columns[index]?.name ?? '');
        throw new Failure(
          'value-conversion-failed',
          `a value of column ${column} can't be told: ${error.message}`,
        );
      }
    }),
  );
  return { converted, bytes };
}

/** Throws a `Failure` for a statement that no server is sent. */
function requireStatement(text: string): void {
  const size = Buffer.byteLength(text);
  if (size > largestStatement)
    throw new Failure(
      'invalid-query',
      `the statement has ${size} bytes; at most ${largestStatement} are allowed`,
    );
  // It would end the text within the message to the server.
  if (text.includes('\0')) throw new Failure('invalid-query', 'the statement has a NUL in it');
}

/** Throws a `Failure` for parameters that have no text, or too much. */
function parameterTexts(params: readonly PgValue[]): Parameter[] {
  let size = 0;
  return params.map((param, index) => {
    try {
      const text = writeParameter(param);
      size += text?.length ?? 0;
      if (size > largestParameters)
        throw new WrongValue(`all have more than ${largestParameters} characters together`);
      if (text?.includes('\0')) throw new WrongValue('it has a NUL in it, which no text of PostgreSQL has');
      return text;
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error;
      throw new Failure('invalid-params', `parameter $${index + 1} (${param.tag}): ${error.message}`);
    }
  });
}
