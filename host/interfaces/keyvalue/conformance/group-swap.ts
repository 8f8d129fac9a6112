import assert from 'node:assert/strict';
import { bytes, textOf } from './bucket-contents.ts';
import type { Group } from './case.ts';

export const swaps: Group = {
  name: 'compare-and-swap',
  cases: [
    {
      name: 'a key that nobody touched is swapped',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('one'));
        const { value, version } = await bucket.getVersioned('k');
        assert.equal(Buffer.from(value ?? []).toString(), 'one');
        assert.equal(await bucket.setIfVersion('k', bytes('two'), version), true);
        assert.equal(await textOf(bucket, 'k'), 'two');
      },
    },
    {
      name: 'a key that was written meanwhile is not, even with the same value',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('one'));
        const { version } = await bucket.getVersioned('k');
        await bucket.set('k', bytes('one'));
        assert.equal(await bucket.setIfVersion('k', bytes('mine'), version), false);
        assert.equal(await textOf(bucket, 'k'), 'one');
      },
    },
    {
      name: 'a version is good for one swap',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('one'));
        const { version } = await bucket.getVersioned('k');
        assert.equal(await bucket.setIfVersion('k', bytes('two'), version), true);
        assert.equal(await bucket.setIfVersion('k', bytes('three'), version), false);
        assert.equal(await textOf(bucket, 'k'), 'two');
      },
    },
    {
      name: 'an absent key is created once',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        const { value, version } = await bucket.getVersioned('k');
        assert.equal(value, undefined);
        assert.equal(await bucket.setIfVersion('k', bytes('first'), version), true);
        assert.equal(await bucket.setIfVersion('k', bytes('second'), version), false);
        assert.equal(await textOf(bucket, 'k'), 'first');
      },
    },
    {
      name: 'a key that was absent and is there now is not overwritten',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        const { version } = await bucket.getVersioned('k');
        await bucket.set('k', bytes('theirs'));
        assert.equal(await bucket.setIfVersion('k', bytes('mine'), version), false);
        assert.equal(await textOf(bucket, 'k'), 'theirs');
      },
    },
    {
      name: 'a key that was deleted meanwhile is not swapped',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('one'));
        const { version } = await bucket.getVersioned('k');
        await bucket.delete('k');
        assert.equal(await bucket.setIfVersion('k', bytes('mine'), version), false);
        assert.equal(await bucket.get('k'), undefined);
      },
    },
    {
      name: 'a key that was deleted and made again with the same value is not swapped',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('one'));
        const { version } = await bucket.getVersioned('k');
        await bucket.delete('k');
        await bucket.set('k', bytes('one'));
        assert.equal(await bucket.setIfVersion('k', bytes('mine'), version), false);
        assert.equal(await textOf(bucket, 'k'), 'one');
      },
    },
    {
      name: 'an increment between makes the swap fail',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.increment('n', 1n, 's64');
        const { version } = await bucket.getVersioned('n');
        await bucket.increment('n', 1n, 's64');
        assert.equal(await bucket.setIfVersion('n', bytes('9'), version), false);
        assert.equal(await textOf(bucket, 'n'), '2');
      },
    },
    {
      name: 'reading does not change the version',
      uses: ['versions'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('one'));
        const before = await bucket.getVersioned('k');
        await bucket.get('k');
        await bucket.listKeys(undefined);
        assert.equal((await bucket.getVersioned('k')).version, before.version);
      },
    },
  ],
};
