import type { Backend, Bucket, BucketSettings } from '../../host/backends/backend.ts';
import { StoreError } from '../../host/backends/backend.ts';
import type { Promises } from '../../host/backends/definition.ts';

/** A store under test. */
export interface Subject extends AsyncDisposable {
  readonly promises: Promises;
  /** The clock that every backend of this subject was given. */
  readonly clock: { now(): number; advance(milliseconds: number): void };
  /** Connects a further host to the same data. */
  connect(): Promise<Backend>;
}

/** Makes a store for one group of tests. */
export type StartSubject = () => Promise<Subject>;

/** A clock that moves on its own, and by hand. */
export function movableClock(): Subject['clock'] {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(milliseconds) {
      ahead += milliseconds;
    },
  };
}

let buckets = 0;

/** A bucket that no other test uses. */
export async function freshBucket(backend: Backend, settings: BucketSettings = {}): Promise<Bucket> {
  return await backend.open(freshName(), settings);
}

export function freshName(): string {
  buckets += 1;
  return `bucket-${process.pid}-${buckets}`;
}

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

/** The reason of a `StoreError`; anything else that is thrown, or nothing, fails the test. */
export async function refusal(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StoreError && error.case === 'other') return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}
