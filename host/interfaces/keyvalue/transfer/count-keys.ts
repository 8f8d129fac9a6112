import { keyPages } from '../backends/all-keys.ts';
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
  for await (const { keys, cursor } of keyPages((at) => store.list(at, prefix))) {
    count += keys.length;
    const isLongEnough = count >= mostCounted || performance.now() >= deadline;
    if (cursor !== undefined && isLongEnough) return { count, exact: false };
  }
  return { count, exact: true };
}
