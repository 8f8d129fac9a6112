import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import type { Bucket, KeyPage } from './backend.ts';

/**
 * The pages of a listing, one after the other; the next one is asked for when it is wanted.
 * @param list answers the page at a cursor
 * @param start the cursor of the first one. Default: the beginning
 */
export async function* keyPages(
  list: (cursor: string | undefined) => MaybePromise<KeyPage>,
  start?: string,
): AsyncGenerator<KeyPage, void, undefined> {
  let cursor = start;
  do {
    const page = await list(cursor);
    yield page;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** The keys of a bucket that begin with a prefix, in the order of its listing: where that has none, some may come twice. */
export async function* allKeys(bucket: Bucket, prefix = ''): AsyncGenerator<string, void, undefined> {
  for await (const { keys } of keyPages((cursor) => bucket.listKeys(cursor, prefix))) {
    for (const key of keys) if (key.startsWith(prefix)) yield key;
  }
}
