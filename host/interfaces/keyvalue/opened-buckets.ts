import type { Holdings } from '../../runtime/worker/holdings.ts';
import { StoreError } from './backends/backend.ts';

/** How many different buckets one request may open: a thread keeps what it has of each. */
export const mostBuckets = 1000;

/** Throws a `StoreError` where there would be too many. */
export function noteOpened(identifier: string, holdings: Holdings): void {
  if (!holdings.opens(identifier, mostBuckets))
    throw new StoreError(
      'other',
      `open: at most ${mostBuckets} different buckets may be opened in one request`,
    );
}
