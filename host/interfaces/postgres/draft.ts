import { Failure } from './failure.ts';
import { failureText, type PostgresGuest } from './postgres-guest.ts';
import type { PgValue } from './values/pg-value.ts';

/** A variant of the WIT. */
interface GuestError {
  readonly tag: string;
  readonly val?: string | GuestError;
}

interface ResultRowEntry {
  readonly columnName: string;
  readonly value: PgValue;
}

/** The imports of `wasmcloud:postgres@0.1.1-draft` for one guest. */
export function draft(guest: PostgresGuest): Record<string, Record<string, unknown>> {
  return {
    'wasmcloud:postgres/types': {},
    'wasmcloud:postgres/query': {
      query: (text: string, params: readonly PgValue[]) =>
        answered(
          async () => {
            const { columns, rows } = await guest.query(text, params);
            return rows.map((row) =>
              row.map((value, index): ResultRowEntry => ({ columnName: columns[index] ?? '', value })),
            );
          },
          (failure) => queryError(failure, 'query failed'),
        ),
      queryBatch: (text: string) =>
        answered(
          () => guest.batch(text),
          (failure) => queryError(failure, 'batch execution failed'),
        ),
    },
    'wasmcloud:postgres/prepared': {
      prepare: (text: string) =>
        answered(
          () => guest.prepare(text),
          (failure) => ({ tag: 'unexpected', val: `prepare failed: ${failureText(failure)}` }),
        ),
      exec: (token: string, params: readonly PgValue[]) =>
        answered(() => guest.execute(token, params), executionError),
    },
  };
}

/** The words of the server are those that wash has for them: `query failed: 23505: duplicate key …`. */
function queryError(failure: Failure, what: string): GuestError {
  switch (failure.case) {
    case 'invalid-params':
      return { tag: 'invalid-params', val: failure.message };
    case 'invalid-query':
    case 'query-failed':
      return { tag: 'invalid-query', val: `${what}: ${failureText(failure)}` };
    default:
      return { tag: 'unexpected', val: failure.message };
  }
}

/** What the server refuses is `unexpected` among the errors of queries, as with wash. */
function executionError(failure: Failure): GuestError {
  switch (failure.case) {
    case 'unknown-prepared-statement':
      return { tag: 'unknown-prepared-query' };
    case 'query-failed':
      return {
        tag: 'query-error',
        val: { tag: 'unexpected', val: `execute failed: ${failureText(failure)}` },
      };
    case 'invalid-params':
    case 'invalid-query':
      return { tag: 'query-error', val: queryError(failure, 'execute failed') };
    default:
      return { tag: 'unexpected', val: failure.message };
  }
}

/** Rejects with what the guest is to get. */
async function answered<T>(act: () => Promise<T>, errorOf: (failure: Failure) => GuestError): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof Failure ? errorOf(error) : error;
  }
}
