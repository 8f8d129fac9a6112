import { StoreError } from './backend.ts';

/** The longest key, in bytes of UTF-8. */
export const largestKey = 65_536;
/** The largest value, in bytes. */
export const largestValue = 64 * 1024 * 1024;
/** The longest prefix of a bucket, in bytes of UTF-8: every store has room for it in front of the longest key. */
export const largestPrefix = 512;
/** The most that one `get-many` answers, in bytes. */
export const largestBatch = 256 * 1024 * 1024;
/** The longest time to live of a key, in milliseconds: a hundred years. */
export const longestTtl = 36_500 * 86_400_000;
/** The most keys on one page of `list-keys`. */
export const pageSize = 1000;

/**
 * Throws a `StoreError` for a key, or a prefix, that is too long, or no text: half of a surrogate pair would be stored as
 * another character.
 * @param limit bytes of UTF-8
 */
export function checkKey(key: string, limit: number, what: 'key' | 'prefix' = 'key'): void {
  if (!key.isWellFormed()) {
    const shown = JSON.stringify(key.slice(0, 40));
    throw new StoreError(
      'invalid-argument',
      `the ${what} ${shown} has half of a surrogate pair in it and so is no text`,
    );
  }
  // A UTF-16 unit is at most 3 bytes of UTF-8, so that short keys need no counting.
  if (key.length * 3 <= limit) return;
  const size = Buffer.byteLength(key);
  if (size > limit) throw tooLarge(what, size, limit);
}

/**
 * Throws a `StoreError` for a value that is too large.
 * @param limit bytes
 */
export function checkValue(value: Uint8Array, limit: number): void {
  if (value.length > limit) throw tooLarge('value', value.length, limit);
}

/**
 * Throws a `StoreError` for a time to live that no key can have.
 * @param ttl milliseconds
 */
export function checkTtl(ttl: number): void {
  if (Number.isInteger(ttl) && ttl >= 1 && ttl <= longestTtl) return;
  throw new StoreError(
    'invalid-argument',
    `the time to live is ${ttl} ms; whole milliseconds from 1 to ${longestTtl} (36500d) are allowed`,
    { changed: 'nothing' },
  );
}

function tooLarge(what: string, size: number, limit: number): StoreError {
  const errorCase = what === 'value' ? 'quota-exceeded' : 'invalid-argument';
  return new StoreError(errorCase, `the ${what} has ${size} bytes; at most ${limit} are allowed`);
}
