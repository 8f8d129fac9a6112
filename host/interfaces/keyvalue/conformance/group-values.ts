import assert from 'node:assert/strict';
import { deleteMany, exists, getMany, setMany } from '../backends/bucket-defaults.ts';
import { bytes, textOf } from './bucket-contents.ts';
import type { Group } from './case.ts';
import { assertTells, refusal } from './refusal.ts';

export const values: Group = {
  name: 'values',
  cases: [
    {
      name: 'a value that was set is read back, and overwritten by the next',
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('one'));
        assert.equal(await textOf(bucket, 'k'), 'one');
        await bucket.set('k', bytes('two'));
        assert.equal(await textOf(bucket, 'k'), 'two');
      },
    },
    {
      name: 'a key that was never set has no value and does not exist',
      async run(trial) {
        const bucket = await trial.freshBucket();
        assert.equal(await bucket.get('k'), undefined);
        assert.equal(await exists(bucket, 'k'), false);
      },
    },
    {
      name: 'an empty value is a value',
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', new Uint8Array());
        assert.equal((await bucket.get('k'))?.length, 0);
        assert.equal(await exists(bucket, 'k'), true);
      },
    },
    {
      name: 'a deleted key is gone, and deleting it again does nothing',
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('v'));
        await bucket.delete('k');
        assert.equal(await bucket.get('k'), undefined);
        await bucket.delete('k');
        await bucket.delete('never');
      },
    },
    {
      name: 'every byte is kept',
      async run(trial) {
        const bucket = await trial.freshBucket();
        const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
        await bucket.set('k', all.slice());
        assert.equal(Buffer.from((await bucket.get('k')) ?? []).equals(all), true);
      },
    },
    {
      name: 'a value of 10 MiB is kept whole, or refused with the limit',
      async run(trial) {
        const bucket = await trial.freshBucket();
        const size = 10 * 1024 * 1024;
        const value = new Uint8Array(size).fill(7);
        if (trial.capabilities.largestValue < size) {
          assertTells(await refusal(() => bucket.set('k', value)), size);
          assert.equal(await bucket.get('k'), undefined);
          return;
        }
        await bucket.set('k', value);
        const read = await bucket.get('k');
        assert.equal(read?.length, size);
        assert.equal(
          read?.every((byte) => byte === 7),
          true,
        );
      },
    },
    {
      name: 'a value over the limit is refused and changes nothing',
      uses: ['values over 16 MiB'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('before'));
        const { largestValue } = trial.capabilities;
        assertTells(
          await refusal(() => bucket.set('k', new Uint8Array(largestValue + 1))),
          `the value has ${largestValue + 1} bytes; at most ${largestValue} are allowed`,
        );
        assert.equal(await textOf(bucket, 'k'), 'before');
      },
    },
    {
      name: 'get-many keeps the order, the holes and the repetitions',
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('a', bytes('1'));
        await bucket.set('b', bytes('2'));
        const values = await getMany(bucket, ['b', 'none', 'a', 'b']);
        assert.deepEqual(
          values.map((value) => value && Buffer.from(value).toString()),
          ['2', undefined, '1', '2'],
        );
      },
    },
    {
      name: 'get-many of nothing is nothing, of one absent key one hole',
      async run(trial) {
        const bucket = await trial.freshBucket();
        assert.deepEqual(await getMany(bucket, []), []);
        assert.deepEqual(await getMany(bucket, ['none']), [undefined]);
      },
    },
    {
      name: 'set-many sets all, and of a key that is there twice the last wins',
      async run(trial) {
        const bucket = await trial.freshBucket();
        await setMany(bucket, []);
        await setMany(bucket, [
          ['a', bytes('1')],
          ['b', bytes('2')],
          ['a', bytes('3')],
        ]);
        assert.equal(await textOf(bucket, 'a'), '3');
        assert.equal(await textOf(bucket, 'b'), '2');
      },
    },
    {
      name: 'delete-many deletes what is there and passes over the rest',
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('a', bytes('1'));
        await bucket.set('b', bytes('2'));
        await deleteMany(bucket, []);
        await deleteMany(bucket, ['a', 'none', 'a']);
        assert.equal(await bucket.get('a'), undefined);
        assert.equal(await textOf(bucket, 'b'), '2');
      },
    },
  ],
};
