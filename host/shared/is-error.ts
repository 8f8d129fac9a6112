import { types } from 'node:util';

/**
 * Whether it is an error, also one of another realm: Jest runs tests, and what these import, in one of their own, and Node's errors are
 * of none of these. A proxy that throws when it is asked is none.
 */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || types.isNativeError(value);
  } catch {
    return false;
  }
}
