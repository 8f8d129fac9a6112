import assert from 'node:assert/strict';
import type { Bucket } from '../backends/backend.ts';
import { exists, getMany, setMany } from '../backends/bucket-defaults.ts';
import { longestTtl, pageSize } from '../backends/limits.ts';
import { bytes, inByteOrder, keysOf, textOf } from './bucket-contents.ts';
import type { Case, Group } from './case.ts';
import { assertTells, refusal } from './refusal.ts';

/** The time to live of a key in most cases, in milliseconds. */
const ttl = 60_000;
/** A case may take so long beside what it lets pass. */
const margin = 20_000;

/** What needs a store that keeps the time to live of a key, and a driver that can ask for one. */
function keyTtlCase({ needs = [], uses = [], ...rest }: Case): Case {
  return { ...rest, needs: ['keyTtl', ...needs], uses: ['key ttl', ...uses] };
}

const cases: readonly Case[] = [
  {
    name: 'a key is there until its own time is up and gone then, for every operation',
    async run(trial) {
      const bucket = await trial.freshBucket();
      await bucket.set('lasting', bytes('v'));
      await bucket.set('k', bytes('v'), ttl);
      await bucket.set('n', bytes('41'), ttl);
      trial.clock.advance(ttl - margin);
      assert.equal(await textOf(bucket, 'k'), 'v');
      assert.equal(await exists(bucket, 'k'), true);
      assert.deepEqual(await keysOf(bucket), ['k', 'lasting', 'n']);
      trial.clock.advance(margin + 1);
      assert.equal(await bucket.get('k'), undefined);
      assert.equal(await exists(bucket, 'k'), false);
      const sizes = (await getMany(bucket, ['k', 'lasting'])).map((value) => value?.length);
      assert.deepEqual(sizes, [undefined, 1]);
      assert.equal(await bucket.increment('n', 1n, trial.counter), 1n);
      assert.deepEqual(await keysOf(bucket), ['lasting', 'n']);
    },
  },
  {
    name: 'a key has no end of its own after it was written without one',
    async run(trial) {
      const bucket = await trial.freshBucket();
      for (const key of ['set', 'batch', 'deleted']) await bucket.set(key, bytes('one'), ttl);
      await bucket.set('set', bytes('two'));
      await setMany(bucket, [['batch', bytes('two')]]);
      await bucket.delete('deleted');
      await bucket.set('deleted', bytes('two'));
      trial.clock.advance(ttl + 1);
      for (const key of ['set', 'batch', 'deleted']) assert.equal(await textOf(bucket, key), 'two', key);
    },
  },
  {
    name: 'the last time to live that a key was given counts',
    async run(trial) {
      const bucket = await trial.freshBucket();
      await bucket.set('sooner', bytes('v'), 10 * ttl);
      await bucket.set('sooner', bytes('v'), ttl);
      await bucket.set('later', bytes('v'), ttl);
      await bucket.set('later', bytes('v'), 10 * ttl);
      await bucket.set('given one', bytes('v'));
      await bucket.set('given one', bytes('v'), ttl);
      trial.clock.advance(ttl + 1);
      assert.deepEqual(await keysOf(bucket), ['later']);
      trial.clock.advance(9 * ttl);
      assert.deepEqual(await keysOf(bucket), []);
    },
  },
  {
    name: 'a key that is made again after its end lives on',
    async run(trial) {
      const bucket = await trial.freshBucket();
      await bucket.set('k', bytes('one'), ttl);
      await bucket.set('n', bytes('1'), ttl);
      trial.clock.advance(ttl + 1);
      await bucket.set('k', bytes('two'));
      assert.equal(await bucket.increment('n', 5n, trial.counter), 5n);
      trial.clock.advance(10 * ttl);
      assert.equal(await textOf(bucket, 'k'), 'two');
      assert.equal(await textOf(bucket, 'n'), '5');
    },
  },
  {
    name: 'an increment leaves a counter the end that it has',
    async run(trial) {
      const bucket = await trial.freshBucket();
      await bucket.set('n', bytes('0'), ttl);
      await bucket.increment('n', 1n, trial.counter);
      trial.clock.advance(ttl - margin);
      assert.equal(await bucket.increment('n', 1n, trial.counter), 2n);
      trial.clock.advance(margin + 1);
      assert.equal(await bucket.get('n'), undefined);
    },
  },
  {
    name: 'a swap leaves a key the end that it has, unless it gives it another one',
    uses: ['versions'],
    async run(trial) {
      const bucket = await trial.freshBucket();
      for (const key of ['kept', 'longer']) {
        await bucket.set(key, bytes('one'), ttl);
        const { version } = await bucket.getVersioned(key);
        const given = key === 'longer' ? [2 * ttl] : [];
        assert.equal(await bucket.setIfVersion(key, bytes('two'), version, ...given), true);
      }
      assert.equal(await textOf(bucket, 'kept'), 'two');
      trial.clock.advance(ttl + 1);
      assert.deepEqual(await keysOf(bucket), ['longer']);
      trial.clock.advance(ttl);
      assert.deepEqual(await keysOf(bucket), []);
    },
  },
  {
    name: 'a key that has ended is swapped as an absent one',
    uses: ['versions'],
    async run(trial) {
      const bucket = await trial.freshBucket();
      await bucket.set('k', bytes('old'), ttl);
      const stale = await bucket.getVersioned('k');
      trial.clock.advance(ttl + 1);
      assert.equal((await bucket.getVersioned('k')).value, undefined);
      assert.equal(await bucket.setIfVersion('k', bytes('mine'), stale.version), false);
      const { version } = await bucket.getVersioned('k');
      assert.equal(await bucket.setIfVersion('k', bytes('new'), version), true);
      trial.clock.advance(10 * ttl);
      assert.equal(await textOf(bucket, 'k'), 'new');
    },
  },
  {
    name: 'a key that came and ended is noticed by a swap',
    uses: ['versions'],
    async run(trial) {
      const bucket = await trial.freshBucket();
      const { version } = await bucket.getVersioned('k');
      await bucket.set('k', bytes('theirs'), ttl);
      trial.clock.advance(ttl + 1);
      assert.equal(await bucket.setIfVersion('k', bytes('mine'), version), false);
      assert.equal(await bucket.get('k'), undefined);
    },
  },
  {
    name: 'of many that make a key for a time one does, and after that time another one',
    uses: ['versions'],
    async run(trial) {
      const bucket = await trial.freshBucket();
      for (const round of ['one', 'two']) {
        const takers = Array.from({ length: 8 }, (_, index) => take(bucket, 'lock', `${round} ${index}`));
        assert.equal((await Promise.all(takers)).filter(Boolean).length, 1, round);
        trial.clock.advance(ttl + 1);
      }
    },
  },
  {
    name: 'in a bucket with a time to live the end that comes first counts',
    uses: ['settings'],
    async run(trial) {
      const bucket = await trial.freshBucket({ ttl: 5 * ttl });
      await bucket.set('sooner', bytes('1'), ttl);
      await bucket.set('later', bytes('1'), 100 * ttl);
      trial.clock.advance(ttl - margin);
      // Begins the time of the bucket anew, and not that of the key.
      await bucket.increment('sooner', 1n, 's64');
      assert.deepEqual(await keysOf(bucket), ['later', 'sooner']);
      trial.clock.advance(margin + 1);
      assert.deepEqual(await keysOf(bucket), ['later']);
      await bucket.increment('later', 1n, 's64');
      trial.clock.advance(4 * ttl + margin);
      assert.equal(await textOf(bucket, 'later'), '2');
      trial.clock.advance(ttl);
      assert.equal(await bucket.get('later'), undefined);
      assert.deepEqual(await keysOf(bucket), []);
    },
  },
  {
    name: 'after a write without a time to live of its own a key has that of its bucket',
    uses: ['settings'],
    async run(trial) {
      const bucket = await trial.freshBucket({ ttl: 5 * ttl });
      await bucket.set('k', bytes('v'), ttl);
      await bucket.set('k', bytes('v'));
      trial.clock.advance(2 * ttl);
      assert.equal(await textOf(bucket, 'k'), 'v');
      trial.clock.advance(3 * ttl + 1);
      assert.equal(await bucket.get('k'), undefined);
    },
  },
  {
    name: 'keys that have ended are on no page of a listing',
    async run(trial) {
      const bucket = await trial.freshBucket();
      const all = Array.from({ length: pageSize + 200 }, (_, index) => `key ${index}`);
      const isShort = (_: unknown, index: number): boolean => index % 20 === 0;
      await setMany(
        bucket,
        all.map((key) => [key, bytes('v')] as const),
      );
      await Promise.all(all.filter(isShort).map((key) => bucket.set(key, bytes('w'), ttl)));
      assert.deepEqual(await keysOf(bucket), inByteOrder(all));
      trial.clock.advance(ttl + 1);
      assert.deepEqual(await keysOf(bucket), inByteOrder(all.filter((key, index) => !isShort(key, index))));
    },
  },
  {
    name: 'any key can have one, and a value of any size',
    async run(trial) {
      const bucket = await trial.freshBucket();
      const odd = ['', '../x', 'a:b', 'é', '🦀', 'k'.repeat(3000), 'large'];
      const value = (key: string): Uint8Array => new Uint8Array(key === 'large' ? 100_000 : 3).fill(7);
      for (const key of odd) await bucket.set(key, value(key), ttl);
      for (const key of odd) assert.equal((await bucket.get(key))?.length, value(key).length, key);
      assert.deepEqual(await keysOf(bucket), inByteOrder(odd));
      trial.clock.advance(ttl + 1);
      assert.deepEqual(await keysOf(bucket), []);
      assert.equal(await bucket.get('large'), undefined);
    },
  },
  {
    name: 'it may be a hundred years, and neither nothing nor more than that',
    async run(trial) {
      const bucket = await trial.freshBucket();
      await bucket.set('long', bytes('v'), longestTtl);
      await bucket.set('k', bytes('before'));
      for (const wrong of [0, longestTtl + 1]) {
        const reason = await refusal(() => bucket.set('k', bytes('after'), wrong));
        if (reason !== 'invalid-argument')
          assertTells(reason, `${wrong} ms; whole milliseconds from 1 to ${longestTtl}`);
      }
      trial.clock.advance(60 * 86_400_000);
      assert.equal(await textOf(bucket, 'long'), 'v');
      assert.equal(await textOf(bucket, 'k'), 'before');
    },
  },
  {
    name: 'it tells how much of it is left',
    uses: ['versions'],
    async run(trial) {
      const bucket = await trial.freshBucket();
      await bucket.set('k', bytes('v'), ttl);
      await bucket.set('lasting', bytes('v'));
      await bucket.set('gone', bytes('v'), 1000);
      trial.clock.advance(ttl / 2);
      const [left = 0, ...others] = (await bucket.timesLeft?.(['k', 'lasting', 'gone', 'never'])) ?? [];
      assert.ok(left > ttl / 2 - margin && left <= ttl / 2, `${left} ms are left`);
      assert.deepEqual(others, [undefined, undefined, undefined]);
    },
  },
  {
    name: 'a restart changes nothing of it',
    needs: ['durable'],
    async run(trial) {
      const name = trial.freshName();
      const before = await trial.open(name);
      await before.set('k', bytes('v'), ttl);
      await before.set('longer', bytes('v'), 3 * ttl);
      await trial.restart();
      const bucket = await trial.open(name);
      assert.deepEqual(await keysOf(bucket), ['k', 'longer']);
      trial.clock.advance(ttl + 1);
      assert.deepEqual(await keysOf(bucket), ['longer']);
      assert.equal(await bucket.get('k'), undefined);
    },
  },
  {
    name: 'another host sees the same of it',
    needs: ['shared'],
    async run(trial) {
      const name = trial.freshName();
      const one = await trial.open(name);
      await using host = await trial.otherHost();
      const other = await host.open(name, {});
      await one.set('k', bytes('v'), ttl);
      await one.set('n', bytes('1'), ttl);
      assert.deepEqual(await keysOf(other), ['k', 'n']);
      await other.increment('n', 1n, trial.counter);
      await other.set('k', bytes('w'));
      trial.clock.advance(ttl + 1);
      for (const bucket of [one, other]) assert.deepEqual(await keysOf(bucket), ['k']);
      assert.equal(await one.get('n'), undefined);
      assert.equal(await textOf(one, 'k'), 'w');
    },
  },
  {
    name: 'whatever is done meanwhile, it ends as it does in memory',
    timeout: 120_000,
    async run(trial) {
      const { assertEndsAsInMemory } = await import('./ends-model.ts');
      await assertEndsAsInMemory(trial);
    },
  },
];

export const keyTtl: Group = { name: 'keys with a time to live of their own', cases: cases.map(keyTtlCase) };

/** Makes a key for a time, if nobody has it. */
async function take(bucket: Bucket, key: string, owner: string): Promise<boolean> {
  for (;;) {
    const { value, version } = await bucket.getVersioned(key);
    if (value !== undefined) return false;
    // Another key that went meanwhile may have changed the version of this one.
    if (await bucket.setIfVersion(key, bytes(owner), version, ttl)) return true;
  }
}
