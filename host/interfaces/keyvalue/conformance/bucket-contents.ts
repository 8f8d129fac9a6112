import { keyPages } from '../backends/all-keys.ts';
import type { Bucket } from '../backends/backend.ts';

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A value as text, `undefined` for none. */
export async function textOf(bucket: Bucket, key: string): Promise<string | undefined> {
  const value = await bucket.get(key);
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

/** All pages of a bucket. */
export async function pagesOf(bucket: Bucket): Promise<string[][]> {
  const pages: string[][] = [];
  for await (const { keys } of keyPages((cursor) => bucket.listKeys(cursor))) pages.push([...keys]);
  return pages;
}

/** All keys of a bucket, in the order of their bytes; a key that came twice is there twice. */
export async function keysOf(bucket: Bucket): Promise<string[]> {
  return inByteOrder((await pagesOf(bucket)).flat());
}

export function inByteOrder(keys: readonly string[]): string[] {
  return keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
