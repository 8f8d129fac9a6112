import type { EntryStore } from './entry-store.ts';

/** Counting goes no further than this. */
const mostCounted = 100_000;
/** How long it may take, in milliseconds. */
const patience = 300;

/** How many keys begin with a prefix; at least so many where `exact` is false. */
export async function countKeys(
  store: Pick<EntryStore, 'list'>,
  prefix: string,
): Promise<{ readonly count: number; readonly exact: boolean }> {
  const deadline = performance.now() + patience;
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await store.list(cursor, prefix);
    count += page.keys.length;
    cursor = page.cursor;
  } while (cursor !== undefined && count < mostCounted && performance.now() < deadline);
  return { count, exact: cursor === undefined };
}
