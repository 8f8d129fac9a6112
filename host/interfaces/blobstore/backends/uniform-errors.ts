import { BlobError, type BlobErrorCase } from './backend.ts';

/** Their messages name the object or the container, and there is no more to say. */
const sayAll: readonly BlobErrorCase[] = ['no-such-object', 'no-such-container', 'container-already-exists'];

/** The error of a backend as people read it: what was asked for, and why that failed. Anything but a `BlobError` stays as it is. */
export function uniformError(error: unknown, what: string): unknown {
  if (!(error instanceof BlobError) || sayAll.includes(error.case)) return error;
  return new BlobError(error.case, `${what}: ${error.message}`, {
    cause: error.cause,
    guestMessage: `${what}: ${error.guestMessage}`,
  });
}
