import { describe } from 'vitest';
import { concurrencyGroup } from './group-concurrency.ts';
import { counterGroup } from './group-counters.ts';
import { expiryGroup } from './group-expiry.ts';
import { keyGroup } from './group-keys.ts';
import { listingGroup } from './group-listing.ts';
import { modelGroup } from './group-model.ts';
import { swapGroup } from './group-swap.ts';
import { valueGroup } from './group-values.ts';
import type { StartSubject } from './subject.ts';

export type { StartSubject, Subject } from './subject.ts';

/** What every backend does alike: one suite, run over each of them. */
export function conformance(name: string, start: StartSubject): void {
  describe(name, () => {
    for (const group of [
      valueGroup,
      keyGroup,
      listingGroup,
      counterGroup,
      swapGroup,
      expiryGroup,
      concurrencyGroup,
      modelGroup,
    ]) {
      group(start);
    }
  });
}
