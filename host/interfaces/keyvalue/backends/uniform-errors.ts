import { StoreError } from './backend.ts';

const outcomes = {
  nothing: '; nothing was changed',
  unknown: '; whether it was done is not known',
} as const;

/**
 * The error of a backend as people read it: what was asked for, why that failed and, for a write, what the store holds now. Anything
 * but a `StoreError` stays as it is.
 * @param what such as `set of key 'k' in bucket 'b'`
 */
export function uniformError(error: unknown, what: string, isWrite: boolean): unknown {
  if (!(error instanceof StoreError)) return error;
  const outcome = isWrite && error.changed !== undefined ? outcomes[error.changed] : '';
  return new StoreError(error.case, `${what}: ${error.message}${outcome}`, {
    cause: error.cause,
    guestMessage: `${what}: ${error.guestMessage}${outcome}`,
  });
}
