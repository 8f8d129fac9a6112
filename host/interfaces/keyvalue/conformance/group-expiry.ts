import assert from 'node:assert/strict';
import { exists, getMany } from '../backends/bucket-defaults.ts';
import { bytes, keysOf, textOf } from './bucket-contents.ts';
import type { Group } from './case.ts';

const ttl = 60_000;

export const expiry: Group = {
  name: 'expiry',
  cases: [
    {
      name: 'a key is there until its time is up and gone then, for every operation',
      uses: ['settings'],
      async run(trial) {
        const bucket = await trial.freshBucket({ ttl });
        await bucket.set('k', bytes('v'));
        await bucket.set('n', bytes('41'));
        trial.clock.advance(ttl - 5000);
        assert.equal(await textOf(bucket, 'k'), 'v');
        assert.deepEqual(await keysOf(bucket), ['k', 'n']);
        trial.clock.advance(5001);
        assert.equal(await bucket.get('k'), undefined);
        assert.equal(await exists(bucket, 'k'), false);
        assert.deepEqual(await getMany(bucket, ['k']), [undefined]);
        assert.equal((await bucket.getVersioned('k')).value, undefined);
        assert.equal(await bucket.increment('n', 1n, 's64'), 1n);
        assert.deepEqual(await keysOf(bucket), ['n']);
      },
    },
    {
      name: 'a time to live may be as long as a hundred years',
      uses: ['settings'],
      async run(trial) {
        const day = 86_400_000;
        const bucket = await trial.freshBucket({ ttl: 36_500 * day });
        await bucket.set('k', bytes('v'));
        trial.clock.advance(60 * day);
        assert.equal(await textOf(bucket, 'k'), 'v');
        assert.deepEqual(await keysOf(bucket), ['k']);
      },
    },
    {
      name: 'every write begins the time anew',
      uses: ['settings'],
      async run(trial) {
        const bucket = await trial.freshBucket({ ttl });
        await bucket.set('k', bytes('one'));
        trial.clock.advance(ttl - 5000);
        await bucket.set('k', bytes('two'));
        trial.clock.advance(ttl - 5000);
        assert.equal(await textOf(bucket, 'k'), 'two');
      },
    },
    {
      name: 'an expired key is swapped as an absent one',
      uses: ['settings', 'versions'],
      async run(trial) {
        const bucket = await trial.freshBucket({ ttl });
        await bucket.set('k', bytes('old'));
        const stale = await bucket.getVersioned('k');
        trial.clock.advance(ttl + 1);
        assert.equal(await bucket.setIfVersion('k', bytes('mine'), stale.version), false);
        const { version } = await bucket.getVersioned('k');
        assert.equal(await bucket.setIfVersion('k', bytes('new'), version), true);
        assert.equal(await textOf(bucket, 'k'), 'new');
      },
    },
    {
      name: 'a key that came and expired is noticed by a swap',
      uses: ['settings', 'versions'],
      async run(trial) {
        const bucket = await trial.freshBucket({ ttl });
        const { version } = await bucket.getVersioned('k');
        await bucket.set('k', bytes('theirs'));
        trial.clock.advance(ttl + 1);
        assert.equal(await bucket.setIfVersion('k', bytes('mine'), version), false);
        assert.equal(await bucket.get('k'), undefined);
      },
    },
    {
      name: 'a bucket without a time to live keeps its keys',
      uses: ['settings'],
      async run(trial) {
        const bucket = await trial.freshBucket();
        await bucket.set('k', bytes('v'));
        trial.clock.advance(1000 * ttl);
        assert.equal(await textOf(bucket, 'k'), 'v');
      },
    },
  ],
};
