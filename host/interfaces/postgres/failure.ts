import { StoreError } from '../keyvalue/backends/backend.ts';

/** What went wrong, as `wasmcloud:postgres/types@0.2.0` names it; the older version has fewer cases. */
export type FailureCase =
  | 'connection-failed'
  | 'invalid-params'
  | 'invalid-query'
  | 'query-failed'
  | 'value-conversion-failed'
  | 'unknown-prepared-statement'
  | 'timeout'
  | 'other';

/** `db-error`. */
export interface DbError {
  /** The SQLSTATE, five characters. */
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly detail: string | undefined;
  readonly extras: readonly (readonly [field: string, value: string])[];
}

/** Why a guest's call has failed. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly case: FailureCase;
  /** What the server said; there for `query-failed`. */
  readonly dbError: DbError | undefined;

  constructor(failureCase: FailureCase, message: string, dbError?: DbError) {
    super(message);
    this.case = failureCase;
    this.dbError = dbError;
  }
}

/** The fields that `db-error` has by themselves, and those that say where in the server's sources it was. */
const ownFields: ReadonlySet<string> = new Set([
  'name',
  'code',
  'severity',
  'severity_local',
  'message',
  'detail',
  'file',
  'line',
  'routine',
]);

/** What the server says against a statement. @param fields see `ServerRefusal` */
export function refusalOf(
  message: string,
  sqlState: string,
  fields: Readonly<Record<string, string>>,
): Failure {
  const extras = Object.entries(fields).filter(([field]) => !ownFields.has(field));
  const dbError = {
    code: sqlState,
    severity: fields.severity ?? 'ERROR',
    message,
    detail: fields.detail,
    extras: extras.map(([field, value]) => [field.replaceAll('_', '-'), value] as const),
  };
  return new Failure('query-failed', message, dbError);
}

/** What the words for a server that is away are made of. */
export function failureOfStore(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  return new Failure(error.case === 'timeout' ? 'timeout' : 'connection-failed', error.message);
}
