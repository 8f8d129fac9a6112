import { StoreError } from './backend.ts';

/** The longest key, in bytes of UTF-8. */
export const largestKey = 65_536;
/** The largest value, in bytes. */
export const largestValue = 64 * 1024 * 1024;
/** The most that one `get-many` answers, in bytes. */
export const largestBatch = 256 * 1024 * 1024;
/** The most keys on one page of `list-keys`. */
export const pageSize = 1000;

/**
 * Throws a `StoreError` for a key that is too long, or no text: half of a surrogate pair would be stored as another
 * character.
 * @param limit bytes of UTF-8, where the backend has less room
 */
export function checkKey(key: string, limit = largestKey): void {
  if (!key.isWellFormed()) {
    const shown = JSON.stringify(key.slice(0, 40));
    throw new StoreError('other', `key ${shown} has half of a surrogate pair in it and so is no text`);
  }
  // A UTF-16 unit is at most 3 bytes of UTF-8, so that short keys need no counting.
  if (key.length * 3 <= limit) return;
  const size = Buffer.byteLength(key);
  if (size > limit) {
    throw new StoreError(
      'other',
      `key '${key.slice(0, 40)}…' has ${size} bytes; at most ${limit} are allowed`,
    );
  }
}

/**
 * Throws a `StoreError` for a value that is too large.
 * @param limit bytes, where the backend has less room
 */
export function checkValue(key: string, value: Uint8Array, limit = largestValue): void {
  if (value.length > limit) {
    throw new StoreError(
      'other',
      `value of key '${key.slice(0, 40)}' has ${value.length} bytes; at most ${limit} are allowed`,
    );
  }
}
