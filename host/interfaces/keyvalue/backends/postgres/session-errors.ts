import postgres from 'postgres';
import { isError } from '../../../../shared/is-error.ts';

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

/** A statement wants data behind it, or sends some, which no answer of a statement has. */
export class CopyRefusal extends Error {
  override readonly name = 'CopyRefusal';
  constructor() {
    super('COPY from or to the client is not possible: write the rows with INSERT, or read them with SELECT');
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
export function plainError(thrown: unknown): Error {
  if (thrown instanceof ServerRefusal || thrown instanceof ConnectionLoss || thrown instanceof CopyRefusal)
    return thrown;
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
