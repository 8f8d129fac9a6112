import { createHash } from 'node:crypto';

/**
 * A key as the table has it. An index of PostgreSQL takes no more than about 2700 bytes in a row, so that the key has its
 * beginning in one column, and what is longer in another one, of which the index has the digest. In parameters' text.
 */
export interface StoredKey {
  readonly head: string;
  readonly rest: string;
  /** SHA-256 of the rest; of no bytes where there is no rest. */
  readonly restDigest: string;
}

/** The bytes of a key that are in the index, and the longest name of a bucket there. */
const indexed = 1000;
const nothing = bytesText(new Uint8Array(0));

export function storedKey(key: string): StoredKey {
  // A UTF-16 unit is at most 3 bytes of UTF-8.
  const bytes = Buffer.from(key);
  if (bytes.length <= indexed) return { head: bytesText(bytes), rest: nothing, restDigest: nothing };
  const rest = bytes.subarray(indexed);
  return {
    head: bytesText(bytes.subarray(0, indexed)),
    rest: bytesText(rest),
    restDigest: bytesText(digest(rest)),
  };
}

/** A bucket's name as the table has it; a long one ends with its digest, and with that has a byte more than any that is whole. */
export function storedBucket(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= indexed) return bytesText(bytes);
  const start = bytes.subarray(0, indexed + 1 - 32);
  return bytesText(Buffer.concat([start, digest(bytes)]));
}

/** The name of a bucket that the table has in these bytes; undefined where it can't be told. */
export function bucketName(stored: Uint8Array): string | undefined {
  return stored.length > indexed ? undefined : Buffer.from(stored).toString();
}

/** Bytes as the text of a parameter, whatever the server writes them as. */
export function bytesText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`;
}

/** A list of such texts as the text of one parameter. */
export function arrayText(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace('\\', '\\\\')}"`).join(',')}}`;
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
