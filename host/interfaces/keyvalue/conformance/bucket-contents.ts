import type { Backend, Bucket } from '../backends/backend.ts';
import { deleteMany } from '../backends/bucket-defaults.ts';

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
  let cursor: string | undefined;
  do {
    const page = await bucket.listKeys(cursor);
    pages.push([...page.keys]);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

/** All keys of a bucket, in the order of their bytes; a key that came twice is there twice. */
export async function keysOf(bucket: Bucket): Promise<string[]> {
  return inByteOrder((await pagesOf(bucket)).flat());
}

export function inByteOrder(keys: readonly string[]): string[] {
  return keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Removes a bucket, or where the backend can't, what is in it. */
export async function removeBucket(backend: Backend, name: string): Promise<void> {
  if (backend.removeBucket !== undefined) return await backend.removeBucket(name);
  const bucket = await backend.open(name, {});
  for (const page of await pagesOf(bucket)) await deleteMany(bucket, page);
}
