import { describe, expect, test } from 'vitest';
import { exists, getMany } from '../../host/backends/bucket-defaults.ts';
import { bytes, freshBucket, keysOf, type StartSubject, textOf } from './subject.ts';
import { withSubject } from './with-subject.ts';

const ttl = 60_000;

export function expiryGroup(start: StartSubject): void {
  describe('expiry', () => {
    const store = withSubject(start);
    const expiring = () => freshBucket(store.backend, { ttl });

    test('a key is there until its time is up and gone then, for every operation', async () => {
      const bucket = await expiring();
      await bucket.set('k', bytes('v'));
      await bucket.set('n', bytes('41'));
      store.subject.clock.advance(ttl - 5000);
      expect(await textOf(bucket, 'k')).toBe('v');
      expect(await keysOf(bucket)).toEqual(['k', 'n']);
      store.subject.clock.advance(5001);
      expect(await bucket.get('k')).toBeUndefined();
      expect(await exists(bucket, 'k')).toBe(false);
      expect(await getMany(bucket, ['k'])).toEqual([undefined]);
      expect((await bucket.getVersioned('k')).value).toBeUndefined();
      expect(await bucket.increment('n', 1n, 's64')).toBe(1n);
      expect(await keysOf(bucket)).toEqual(['n']);
    });

    test('every write begins the time anew', async () => {
      const bucket = await expiring();
      await bucket.set('k', bytes('one'));
      store.subject.clock.advance(ttl - 5000);
      await bucket.set('k', bytes('two'));
      store.subject.clock.advance(ttl - 5000);
      expect(await textOf(bucket, 'k')).toBe('two');
    });

    test('an expired key is swapped as an absent one', async () => {
      const bucket = await expiring();
      await bucket.set('k', bytes('old'));
      const stale = await bucket.getVersioned('k');
      store.subject.clock.advance(ttl + 1);
      expect(await bucket.setIfVersion('k', bytes('mine'), stale.version)).toBe(false);
      const { version } = await bucket.getVersioned('k');
      expect(await bucket.setIfVersion('k', bytes('new'), version)).toBe(true);
      expect(await textOf(bucket, 'k')).toBe('new');
    });

    test('a bucket without a time to live keeps its keys', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('v'));
      store.subject.clock.advance(1000 * ttl);
      expect(await textOf(bucket, 'k')).toBe('v');
    });
  });
}
