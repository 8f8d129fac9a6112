import { describe, expect, test } from 'vitest';
import { deleteMany, exists, getMany, setMany } from '../../host/backends/bucket-defaults.ts';
import { bytes, freshBucket, refusal, type StartSubject, textOf } from './subject.ts';
import { withSubject } from './with-subject.ts';

export function valueGroup(start: StartSubject): void {
  describe('values', () => {
    const store = withSubject(start);

    test('a value that was set is read back, and overwritten by the next', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('one'));
      expect(await textOf(bucket, 'k')).toBe('one');
      await bucket.set('k', bytes('two'));
      expect(await textOf(bucket, 'k')).toBe('two');
    });

    test('a key that was never set has no value and does not exist', async () => {
      const bucket = await freshBucket(store.backend);
      expect(await bucket.get('k')).toBeUndefined();
      expect(await exists(bucket, 'k')).toBe(false);
    });

    test('an empty value is a value', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', new Uint8Array());
      expect(await bucket.get('k')).toHaveLength(0);
      expect(await exists(bucket, 'k')).toBe(true);
    });

    test('a deleted key is gone, and deleting it again does nothing', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('v'));
      await bucket.delete('k');
      expect(await bucket.get('k')).toBeUndefined();
      await bucket.delete('k');
      await bucket.delete('never');
    });

    test('every byte is kept', async () => {
      const bucket = await freshBucket(store.backend);
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await bucket.set('k', all.slice());
      expect(Buffer.from((await bucket.get('k')) ?? []).equals(all)).toBe(true);
    });

    test('a value of 10 MiB is kept whole, or refused with the limit', async () => {
      const bucket = await freshBucket(store.backend);
      const size = 10 * 1024 * 1024;
      const value = new Uint8Array(size).fill(7);
      if (store.subject.promises.largestValue < size) {
        expect(await refusal(() => bucket.set('k', value))).toContain(String(size));
        expect(await bucket.get('k')).toBeUndefined();
        return;
      }
      await bucket.set('k', value);
      const read = await bucket.get('k');
      expect(read?.length).toBe(size);
      expect(read?.every((byte) => byte === 7)).toBe(true);
    });

    test('a value over the limit is refused and changes nothing', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('k', bytes('before'));
      const size = store.subject.promises.largestValue + 1;
      expect(await refusal(() => bucket.set('k', new Uint8Array(size)))).toContain(String(size));
      expect(await textOf(bucket, 'k')).toBe('before');
    });

    test('get-many keeps the order, the holes and the repetitions', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('a', bytes('1'));
      await bucket.set('b', bytes('2'));
      const values = await getMany(bucket, ['b', 'none', 'a', 'b']);
      expect(values.map((value) => value && Buffer.from(value).toString())).toEqual([
        '2',
        undefined,
        '1',
        '2',
      ]);
    });

    test('get-many of nothing is nothing, of one absent key one hole', async () => {
      const bucket = await freshBucket(store.backend);
      expect(await getMany(bucket, [])).toEqual([]);
      expect(await getMany(bucket, ['none'])).toEqual([undefined]);
    });

    test('set-many sets all, and of a key that is there twice the last wins', async () => {
      const bucket = await freshBucket(store.backend);
      await setMany(bucket, []);
      await setMany(bucket, [
        ['a', bytes('1')],
        ['b', bytes('2')],
        ['a', bytes('3')],
      ]);
      expect(await textOf(bucket, 'a')).toBe('3');
      expect(await textOf(bucket, 'b')).toBe('2');
    });

    test('delete-many deletes what is there and passes over the rest', async () => {
      const bucket = await freshBucket(store.backend);
      await bucket.set('a', bytes('1'));
      await bucket.set('b', bytes('2'));
      await deleteMany(bucket, []);
      await deleteMany(bucket, ['a', 'none', 'a']);
      expect(await bucket.get('a')).toBeUndefined();
      expect(await textOf(bucket, 'b')).toBe('2');
    });
  });
}
