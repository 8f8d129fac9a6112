import { describe, expect, test } from 'vitest';
import { bytes, freshBucket, refusal, type StartSubject, textOf } from './subject.ts';
import { withSubject } from './with-subject.ts';

const largestU64 = 2n ** 64n - 1n;
const largestS64 = 2n ** 63n - 1n;
const leastS64 = -(2n ** 63n);

export function counterGroup(start: StartSubject): void {
  describe('counters', () => {
    const store = withSubject(start);

    test('a counter begins at the delta and is written in decimal digits', async () => {
      const bucket = await freshBucket(store.backend);
      expect(await bucket.increment('n', 5n, 's64')).toBe(5n);
      expect(await textOf(bucket, 'n')).toBe('5');
      expect(await bucket.increment('n', 7n, 'u64')).toBe(12n);
      expect(await textOf(bucket, 'n')).toBe('12');
    });

    test('a counter goes below zero and back', async () => {
      const bucket = await freshBucket(store.backend);
      expect(await bucket.increment('n', -3n, 's64')).toBe(-3n);
      expect(await bucket.increment('n', 0n, 's64')).toBe(-3n);
      expect(await bucket.increment('n', 4n, 's64')).toBe(1n);
    });

    test('a number that was set by hand is counted on', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('n', bytes('41'));
      expect(await bucket.increment('n', 1n, 's64')).toBe(42n);
    });

    test.for(['', 'text', '1.5', ' 1', '0x10', '1e3', '--1', '99999999999999999999999'])(
      'the value "%s" is no counter and stays as it is',
      async (value) => {
        const bucket = await freshBucket(store.backend);
        await bucket.set('n', bytes(value));
        expect(await refusal(() => bucket.increment('n', 1n, 's64'))).toContain('n');
        expect(await textOf(bucket, 'n')).toBe(value);
      },
    );

    test.for([
      ['u64', largestU64, 1n],
      ['s64', largestS64, 1n],
      ['s64', leastS64, -1n],
      ['s64', largestS64, largestS64],
      ['u64', 1n, largestU64],
    ] as const)('%s: %d and %d more is refused and changes nothing', async ([type, from, delta]) => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('n', bytes(String(from)));
      expect(await refusal(() => bucket.increment('n', delta, type))).toContain(type);
      expect(await textOf(bucket, 'n')).toBe(String(from));
    });

    test.for([
      ['u64', largestU64 - 1n, 1n, largestU64],
      ['u64', 0n, largestU64, largestU64],
      ['s64', largestS64 - 1n, 1n, largestS64],
      ['s64', leastS64 + 1n, -1n, leastS64],
      ['s64', 0n, leastS64, leastS64],
    ] as const)('%s: %d and %d more is %d', async ([type, from, delta, sum]) => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('n', bytes(String(from)));
      expect(await bucket.increment('n', delta, type)).toBe(sum);
      expect(await textOf(bucket, 'n')).toBe(String(sum));
    });

    test('a deleted counter begins anew', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.increment('n', 5n, 's64');
      await bucket.delete('n');
      expect(await bucket.increment('n', 2n, 's64')).toBe(2n);
    });
  });
}
