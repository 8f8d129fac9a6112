import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rounds } from '../support/rounds.ts';
import { fuzzCases } from './fuzz-case.ts';

test('whatever a guest passes or allocates ends in an answer or a trap, and stays within its memory', () => {
  fc.assert(
    fc.property(fuzzCases, (run) => {
      expect(run()).toBeUndefined();
    }),
    { numRuns: rounds.fuzzedGuests, seed: 1 },
  );
});
