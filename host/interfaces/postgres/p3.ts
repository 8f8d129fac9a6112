import { HostFuture } from '../../engine/async/host-future.ts';
import { HostSource } from '../../engine/async/host-source.ts';
import { type DbError, Failure } from './failure.ts';
import type { PostgresGuest } from './postgres-guest.ts';
import type { PgValue } from './values/pg-value.ts';

/** `error` of `wasmcloud:postgres/types@0.2.0`. */
interface GuestError {
  readonly tag: string;
  readonly val?: string | DbError;
}

/** The imports of `wasmcloud:postgres@0.2.0` for one guest. */
export function postgres(guest: PostgresGuest): Record<string, Record<string, unknown>> {
  return {
    'wasmcloud:postgres/types': {},
    'wasmcloud:postgres/query': {
      query: (text: string, params: readonly PgValue[]) =>
        answered(async () => {
          const { columns, rows, outcome } = await guest.stream(text, params);
          const end = new HostFuture(async () => {
            const failure = await outcome;
            return failure === undefined ? { tag: 'ok' } : { tag: 'err', val: errorOf(failure) };
          });
          return [columns, new HostSource(rows), end];
        }),
      queryBatch: (text: string) => answered(() => guest.batch(text)),
    },
    'wasmcloud:postgres/prepared': {
      prepare: (text: string) => answered(() => guest.prepare(text)),
      exec: (token: string, params: readonly PgValue[]) => answered(() => guest.execute(token, params)),
    },
  };
}

function errorOf(failure: Failure): GuestError {
  switch (failure.case) {
    case 'query-failed':
      return failure.dbError === undefined
        ? { tag: 'other', val: failure.message }
        : { tag: 'query-failed', val: failure.dbError };
    case 'timeout':
    case 'unknown-prepared-statement':
      return { tag: failure.case };
    default:
      return { tag: failure.case, val: failure.message };
  }
}

/** Rejects with what the guest is to get. */
async function answered<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof Failure ? errorOf(error) : error;
  }
}
