import type { Group } from './case.ts';
import { concurrency } from './group-concurrency.ts';
import { counters } from './group-counters.ts';
import { expiry } from './group-expiry.ts';
import { histories } from './group-histories.ts';
import { keyTtl } from './group-key-ttl.ts';
import { keys } from './group-keys.ts';
import { listing } from './group-listing.ts';
import { sequences } from './group-model.ts';
import { restarts } from './group-restarts.ts';
import { swaps } from './group-swap.ts';
import { values } from './group-values.ts';

/** What every backend does alike. */
export const groups: readonly Group[] = [
  values,
  keys,
  listing,
  counters,
  swaps,
  expiry,
  keyTtl,
  restarts,
  concurrency,
  histories,
  sequences,
];
