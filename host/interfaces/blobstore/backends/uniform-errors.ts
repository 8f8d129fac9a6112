import { BlobError } from './backend.ts';

/** The error of a backend as people read it: what was asked for, and why that failed. Anything but a `BlobError` stays as it is. */
export function uniformError(error: unknown, what: string): unknown {
  if (!(error instanceof BlobError)) return error;
  return new BlobError(error.case, `${what}: ${error.message}`, {
    cause: error.cause,
    guestMessage: `${what}: ${error.guestMessage}`,
  });
}
