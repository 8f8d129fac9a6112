import assert from 'node:assert/strict';
import { bytes, textOf } from './bucket-contents.ts';
import type { Case, Group } from './case.ts';
import { assertTells, refusal } from './refusal.ts';

const largestU64 = 2n ** 64n - 1n;
const largestS64 = 2n ** 63n - 1n;
const leastS64 = -(2n ** 63n);

const noCounters = ['', 'text', '1.5', ' 1', '0x10', '1e3', '--1', '99999999999999999999999'];

const beyondTheEnd = [
  ['u64', largestU64, 1n],
  ['s64', largestS64, 1n],
  ['s64', leastS64, -1n],
  ['s64', largestS64, largestS64],
  ['u64', 1n, largestU64],
] as const;

const upToTheEnd = [
  ['u64', largestU64 - 1n, 1n, largestU64],
  ['u64', 0n, largestU64, largestU64],
  ['s64', largestS64 - 1n, 1n, largestS64],
  ['s64', leastS64 + 1n, -1n, leastS64],
  ['s64', 0n, leastS64, leastS64],
] as const;

export const counters: Group = {
  name: 'counters',
  cases: [
    ...(['s64', 'u64'] as const).map(
      (type): Case => ({
        name: `${type}: a counter begins at the delta and is written in decimal digits`,
        uses: [type],
        async run(trial) {
          const bucket = await trial.freshBucket();
          assert.equal(await bucket.increment('n', 5n, type), 5n);
          assert.equal(await textOf(bucket, 'n'), '5');
          assert.equal(await bucket.increment('n', 7n, type), 12n);
          assert.equal(await textOf(bucket, 'n'), '12');
        },
      }),
    ),
    {
      name: 's64: a counter goes below zero and back',
      uses: ['s64'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        assert.equal(await bucket.increment('n', -3n, 's64'), -3n);
        assert.equal(await bucket.increment('n', 0n, 's64'), -3n);
        assert.equal(await bucket.increment('n', 4n, 's64'), 1n);
      },
    },
    {
      name: 'a number that was set by hand is counted on',
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('n', bytes('41'));
        assert.equal(await bucket.increment('n', 1n, trial.counter), 42n);
      },
    },
    ...noCounters.map(
      (value): Case => ({
        name: `the value "${value}" is no counter and stays as it is`,
        async run(trial) {
          const name = trial.freshName();
          const bucket = await trial.open(name);
          await bucket.set('n', bytes(value));
          assertTells(
            await refusal(() => bucket.increment('n', 1n, trial.counter)),
            `increment of key 'n' in bucket '${name}': its value is no integer; nothing was changed`,
          );
          assert.equal(await textOf(bucket, 'n'), value);
        },
      }),
    ),
    ...beyondTheEnd.map(
      ([type, from, delta]): Case => ({
        name: `${type}: ${from} and ${delta} more is refused and changes nothing`,
        uses: [type],
        async run(trial) {
          const bucket = await trial.freshBucket();
          await bucket.set('n', bytes(String(from)));
          assertTells(await refusal(() => bucket.increment('n', delta, type)), type);
          assert.equal(await textOf(bucket, 'n'), String(from));
        },
      }),
    ),
    ...upToTheEnd.map(
      ([type, from, delta, sum]): Case => ({
        name: `${type}: ${from} and ${delta} more is ${sum}`,
        uses: [type],
        async run(trial) {
          const bucket = await trial.freshBucket();
          await bucket.set('n', bytes(String(from)));
          assert.equal(await bucket.increment('n', delta, type), sum);
          assert.equal(await textOf(bucket, 'n'), String(sum));
        },
      }),
    ),
    {
      name: 'a deleted counter begins anew',
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.increment('n', 5n, trial.counter);
        await bucket.delete('n');
        assert.equal(await bucket.increment('n', 2n, trial.counter), 2n);
      },
    },
  ],
};
