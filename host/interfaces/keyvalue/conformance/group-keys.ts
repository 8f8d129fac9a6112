import assert from 'node:assert/strict';
import { bytes, inByteOrder, keysOf, textOf } from './bucket-contents.ts';
import type { Group } from './case.ts';
import { assertTells, refusal } from './refusal.ts';

const oddKeys = [
  '',
  ' ',
  '/',
  '//',
  '.',
  '..',
  '../../etc/passwd',
  '/etc/passwd',
  'a/b/c',
  'a:b',
  'a.b',
  '.a.',
  '*',
  '>',
  '%',
  '%2F',
  '=',
  '\\',
  '\0',
  'nul\0inside',
  'CON',
  'con',
  'trailing. ',
  'line\nbreak',
  '?[a-z]',
  'ä',
  'é',
  'e\u0301',
  '🦀',
  '\u{10ffff}',
  '\uffff',
  '~',
  '-',
  '_',
  'UPPER',
  'upper',
];

export const keys: Group = {
  name: 'keys and buckets',
  cases: [
    {
      name: 'any text is a key, and no two of them are the same',
      async run(trial) {
        const bucket = await trial.freshBucket();
        for (const [index, key] of oddKeys.entries()) await bucket.set(key, bytes(`value ${index}`));
        for (const [index, key] of oddKeys.entries())
          assert.equal(
            await textOf(bucket, key),
            `value ${index}`,
            `the value of key ${JSON.stringify(key)}`,
          );
        assert.deepEqual(await keysOf(bucket), inByteOrder(oddKeys));
        for (const key of oddKeys) await bucket.delete(key);
        assert.deepEqual(await keysOf(bucket), []);
      },
    },
    {
      name: 'a long key is a key, and one over the limit is refused',
      async run(trial) {
        const bucket = await trial.freshBucket();
        const { largestKey } = trial.capabilities;
        const longest = 'k'.repeat(largestKey);
        await bucket.set(longest, bytes('v'));
        assert.equal(await textOf(bucket, longest), 'v');
        assert.deepEqual(await keysOf(bucket), [longest]);
        assertTells(await refusal(() => bucket.set(`${longest}k`, bytes('v'))), largestKey);
      },
    },
    {
      name: 'buckets whose names share a prefix or hold odd characters stay apart',
      async run(trial) {
        const base = trial.freshName();
        const names = [
          base,
          `${base}a`,
          `${base}:`,
          `${base}/x`,
          `${base}.x`,
          `${base}*`,
          `${base}%`,
          `${base} `,
          `${base}🦀`,
        ];
        for (const name of names) await (await trial.open(name)).set('k', bytes(name));
        for (const name of names) {
          const bucket = await trial.open(name);
          assert.equal(await textOf(bucket, 'k'), name);
          assert.deepEqual(await keysOf(bucket), ['k'], `the keys of bucket ${name}`);
        }
      },
    },
    {
      name: 'bucket a with key b:c is not bucket a:b with key c',
      async run(trial) {
        const base = trial.freshName();
        const one = await trial.open(base);
        const other = await trial.open(`${base}:b`);
        await one.set('b:c', bytes('one'));
        assert.equal(await other.get('c'), undefined);
        await other.set('c', bytes('other'));
        assert.equal(await textOf(one, 'b:c'), 'one');
      },
    },
    {
      name: 'the bucket without a name is a bucket',
      async run(trial) {
        const bucket = await trial.open('');
        // It may hold what is not ours.
        const key = trial.freshName();
        try {
          await bucket.set(key, bytes('v'));
          assert.equal(await textOf(bucket, key), 'v');
        } finally {
          await bucket.delete(key);
        }
        assert.equal(await bucket.get(key), undefined);
      },
    },
    {
      uses: ['settings'],
      name: 'a prefix is kept in the store and hidden from the guest',
      async run(trial) {
        const name = trial.freshName();
        const bucket = await trial.open(name, { prefix: 's:' });
        await bucket.set('k', bytes('v'));
        assert.equal(await textOf(bucket, 'k'), 'v');
        assert.deepEqual(await keysOf(bucket), ['k']);
      },
    },
    {
      name: 'two openings of one bucket see the same data',
      async run(trial) {
        const name = trial.freshName();
        const one = await trial.open(name);
        const other = await trial.open(name);
        await one.set('k', bytes('v'));
        assert.equal(await textOf(other, 'k'), 'v');
      },
    },
  ],
};
