import { describe, expect, test } from 'vitest';
import {
  bytes,
  freshBucket,
  freshName,
  inByteOrder,
  keysOf,
  refusal,
  type StartSubject,
  textOf,
} from './subject.ts';
import { withSubject } from './with-subject.ts';

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

export function keyGroup(start: StartSubject): void {
  describe('keys and buckets', () => {
    const store = withSubject(start);

    test('any text is a key, and no two of them are the same', async () => {
      const bucket = await freshBucket(store.backend);
      for (const [index, key] of oddKeys.entries()) await bucket.set(key, bytes(`value ${index}`));
      for (const [index, key] of oddKeys.entries())
        expect(await textOf(bucket, key), key).toBe(`value ${index}`);
      expect(await keysOf(bucket)).toEqual(inByteOrder(oddKeys));
      for (const key of oddKeys) await bucket.delete(key);
      expect(await keysOf(bucket)).toEqual([]);
    });

    test('a long key is a key, and one over the limit is refused', async () => {
      const bucket = await freshBucket(store.backend);
      const { largestKey } = store.subject.promises;
      const longest = 'k'.repeat(largestKey);
      await bucket.set(longest, bytes('v'));
      expect(await textOf(bucket, longest)).toBe('v');
      expect(await keysOf(bucket)).toEqual([longest]);
      expect(await refusal(() => bucket.set(`${longest}k`, bytes('v')))).toContain(String(largestKey));
    });

    test('buckets whose names share a prefix or hold odd characters stay apart', async () => {
      const base = freshName();
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
      for (const name of names) await (await store.backend.open(name, {})).set('k', bytes(name));
      for (const name of names) {
        const bucket = await store.backend.open(name, {});
        expect(await textOf(bucket, 'k'), name).toBe(name);
        expect(await keysOf(bucket), name).toEqual(['k']);
      }
    });

    test('bucket a with key b:c is not bucket a:b with key c', async () => {
      const base = freshName();
      const one = await store.backend.open(base, {});
      const other = await store.backend.open(`${base}:b`, {});
      await one.set('b:c', bytes('one'));
      expect(await other.get('c')).toBeUndefined();
      await other.set('c', bytes('other'));
      expect(await textOf(one, 'b:c')).toBe('one');
    });

    test('the bucket without a name is a bucket', async () => {
      const bucket = await store.backend.open('', {});
      await bucket.set('k', bytes('v'));
      expect(await textOf(bucket, 'k')).toBe('v');
      await bucket.delete('k');
    });

    test('a prefix is kept in the store and hidden from the guest', async () => {
      const name = freshName();
      const bucket = await store.backend.open(name, { prefix: 's:' });
      await bucket.set('k', bytes('v'));
      expect(await textOf(bucket, 'k')).toBe('v');
      expect(await keysOf(bucket)).toEqual(['k']);
    });

    test('two openings of one bucket see the same data', async () => {
      const name = freshName();
      const one = await store.backend.open(name, {});
      const other = await store.backend.open(name, {});
      await one.set('k', bytes('v'));
      expect(await textOf(other, 'k')).toBe('v');
    });
  });
}
