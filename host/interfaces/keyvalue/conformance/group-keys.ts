import assert from 'node:assert/strict';
import type { Bucket } from '../backends/backend.ts';
import { deleteMany, getMany, setMany } from '../backends/bucket-defaults.ts';
import { largestPrefix, pageSize } from '../backends/limits.ts';
import { bytes, inByteOrder, keysOf, textOf } from './bucket-contents.ts';
import type { Group } from './case.ts';
import { assertTells, refusal } from './refusal.ts';
import type { Trial } from './trial.ts';

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
      name: 'the longest key is a key, and one byte more is refused',
      async run(trial) {
        await assertLongestKey(trial, await trial.freshBucket());
      },
    },
    {
      uses: ['settings'],
      name: 'a prefix takes nothing from the longest key, and adds nothing to it',
      async run(trial) {
        for (const prefix of ['s:', '/'.repeat(largestPrefix)])
          await assertLongestKey(trial, await trial.freshBucket({ prefix }));
      },
    },
    {
      uses: ['settings'],
      name: 'a prefix that is too long is refused',
      async run(trial) {
        const prefix = 'p'.repeat(largestPrefix + 1);
        const reason = await refusal(() => trial.freshBucket({ prefix }));
        assertTells(
          reason,
          `the prefix has ${largestPrefix + 1} bytes; at most ${largestPrefix} are allowed`,
        );
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
      // Others may keep the same bucket otherwise; what only one host has is kept as it was first opened.
      needs: ['shared'],
      uses: ['settings'],
      name: 'keys with another prefix, or none, are other keys',
      async run(trial) {
        const name = trial.freshName();
        const own = await trial.open(name, { prefix: 's:' });
        await own.set('k', bytes('own'));
        await own.increment('n', 1n, trial.counter);
        const whole = await trial.open(name);
        assert.equal(await textOf(whole, 's:k'), 'own');
        await whole.set('k', bytes('whole'));
        assert.equal(await textOf(own, 'k'), 'own');
        assert.deepEqual(await keysOf(own), ['k', 'n']);
        assert.deepEqual(await keysOf(whole), ['k', 's:k', 's:n']);
        await deleteMany(own, ['k']);
        assert.equal(await textOf(whole, 'k'), 'whole');
        assert.deepEqual(await getMany(whole, ['s:k']), [undefined]);
      },
    },
    {
      uses: ['settings', 'text cursors'],
      name: 'a prefix is not told by a cursor',
      async run(trial) {
        const bucket = await trial.freshBucket({ prefix: 'secret' });
        const keys = Array.from({ length: pageSize + 1 }, (_, index) => `key ${index}`);
        await setMany(
          bucket,
          keys.map((key) => [key, bytes('v')] as const),
        );
        const { cursor = '' } = await bucket.listKeys(undefined);
        assert.ok(!cursor.includes('secret'), `the cursor is ${cursor}`);
        assert.deepEqual(await keysOf(bucket), inByteOrder(keys));
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

/** The limit is that of the guest's key, in bytes of UTF-8, and every store words it alike. */
async function assertLongestKey(trial: Trial, bucket: Bucket): Promise<void> {
  const { largestKey } = trial.capabilities;
  const longest = 'ä'.repeat(largestKey / 2);
  await bucket.set(longest, bytes('v'));
  assert.equal(await textOf(bucket, longest), 'v');
  const [listed] = await keysOf(bucket);
  assert.ok(listed === longest, `a key of ${listed?.length} characters was listed`);
  const words = `the key has ${largestKey + 1} bytes; at most ${largestKey} are allowed`;
  const value = bytes('v');
  assertTells(await refusal(() => bucket.set(`${longest}k`, value)), words);
  assertTells(await refusal(() => setMany(bucket, [[`${longest}k`, value]])), words);
  assertTells(await refusal(() => bucket.increment(`${longest}k`, 1n, trial.counter)), words);
  await bucket.delete(longest);
  assert.deepEqual(await keysOf(bucket), []);
}
