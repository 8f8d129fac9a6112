import { describe, expect, test } from 'vitest';
import { bytes, freshBucket, type StartSubject, textOf } from './subject.ts';
import { withSubject } from './with-subject.ts';

export function swapGroup(start: StartSubject): void {
  describe('compare-and-swap', () => {
    const store = withSubject(start);

    test('a key that nobody touched is swapped', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('one'));
      const { value, version } = await bucket.getVersioned('k');
      expect(Buffer.from(value ?? []).toString()).toBe('one');
      expect(await bucket.setIfVersion('k', bytes('two'), version)).toBe(true);
      expect(await textOf(bucket, 'k')).toBe('two');
    });

    test('a key that was written meanwhile is not, even with the same value', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('one'));
      const { version } = await bucket.getVersioned('k');
      await bucket.set('k', bytes('one'));
      expect(await bucket.setIfVersion('k', bytes('mine'), version)).toBe(false);
      expect(await textOf(bucket, 'k')).toBe('one');
    });

    test('a version is good for one swap', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('one'));
      const { version } = await bucket.getVersioned('k');
      expect(await bucket.setIfVersion('k', bytes('two'), version)).toBe(true);
      expect(await bucket.setIfVersion('k', bytes('three'), version)).toBe(false);
      expect(await textOf(bucket, 'k')).toBe('two');
    });

    test('an absent key is created once', async () => {
      const bucket = await freshBucket(store.backend);
      const { value, version } = await bucket.getVersioned('k');
      expect(value).toBeUndefined();
      expect(await bucket.setIfVersion('k', bytes('first'), version)).toBe(true);
      expect(await bucket.setIfVersion('k', bytes('second'), version)).toBe(false);
      expect(await textOf(bucket, 'k')).toBe('first');
    });

    test('a key that was absent and is there now is not overwritten', async () => {
      const bucket = await freshBucket(store.backend);
      const { version } = await bucket.getVersioned('k');
      await bucket.set('k', bytes('theirs'));
      expect(await bucket.setIfVersion('k', bytes('mine'), version)).toBe(false);
      expect(await textOf(bucket, 'k')).toBe('theirs');
    });

    test('a key that was deleted meanwhile is not swapped', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('one'));
      const { version } = await bucket.getVersioned('k');
      await bucket.delete('k');
      expect(await bucket.setIfVersion('k', bytes('mine'), version)).toBe(false);
      expect(await bucket.get('k')).toBeUndefined();
    });

    test('a key that was deleted and made again with the same value is not swapped', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('one'));
      const { version } = await bucket.getVersioned('k');
      await bucket.delete('k');
      await bucket.set('k', bytes('one'));
      expect(await bucket.setIfVersion('k', bytes('mine'), version)).toBe(false);
      expect(await textOf(bucket, 'k')).toBe('one');
    });

    test('an increment between makes the swap fail', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.increment('n', 1n, 's64');
      const { version } = await bucket.getVersioned('n');
      await bucket.increment('n', 1n, 's64');
      expect(await bucket.setIfVersion('n', bytes('9'), version)).toBe(false);
      expect(await textOf(bucket, 'n')).toBe('2');
    });

    test('reading does not change the version', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('one'));
      const before = await bucket.getVersioned('k');
      await bucket.get('k');
      await bucket.listKeys(undefined);
      expect((await bucket.getVersioned('k')).version).toBe(before.version);
    });
  });
}
