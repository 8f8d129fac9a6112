import { BlobError } from './backend.ts';

/**
 * Throws a `BlobError` for a name that is too long, or no text. Every other text is a name: how a store spells it is its own business.
 * @param limit bytes of UTF-8
 */
export function checkName(name: string, limit: number, what: 'container' | 'object'): void {
  if (!name.isWellFormed()) {
    const shown = JSON.stringify(name.slice(0, 40));
    throw new BlobError(
      'other',
      `the ${what} name ${shown} has half of a surrogate pair in it and so is no text`,
    );
  }
  // A UTF-16 unit is at most 3 bytes of UTF-8, so that short names need no counting.
  if (name.length * 3 <= limit) return;
  const size = Buffer.byteLength(name);
  if (size <= limit) return;
  throw new BlobError('other', `the name of the ${what} has ${size} bytes; at most ${limit} are allowed`);
}
