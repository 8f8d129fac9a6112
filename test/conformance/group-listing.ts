import { describe, expect, test } from 'vitest';
import { setMany } from '../../host/backends/bucket-defaults.ts';
import { pageSize } from '../../host/backends/limits.ts';
import { bytes, freshBucket, inByteOrder, keysOf, pagesOf, refusal, type StartSubject } from './subject.ts';
import { withSubject } from './with-subject.ts';

export function listingGroup(start: StartSubject): void {
  describe('listing', () => {
    const store = withSubject(start);
    const isOrdered = (): boolean => store.subject.promises.listing === 'ordered';

    async function filled(count: number) {
      const bucket = await freshBucket(store.backend);
      const keys = Array.from({ length: count }, (_, index) => `key ${index}`);
      for (let at = 0; at < count; at += 500) {
        await setMany(
          bucket,
          keys.slice(at, at + 500).map((key) => [key, bytes('v')] as const),
        );
      }
      return { bucket, keys };
    }

    for (const count of [0, 1, pageSize - 1, pageSize, pageSize + 1, 10_000]) {
      test(`${count} keys are listed in full`, async () => {
        const { bucket, keys } = await filled(count);
        const pages = await pagesOf(bucket);
        for (const page of pages) expect(new Set(page).size).toBe(page.length);
        const listed = pages.flat();
        expect(inByteOrder([...new Set(listed)])).toEqual(inByteOrder(keys));
        if (isOrdered()) expect(listed).toEqual(inByteOrder(keys));
      });
    }

    test('keys that stay are listed while others come and go between the pages', async () => {
      const { bucket, keys } = await filled(2500);
      const listed: string[] = [];
      let cursor: string | undefined;
      let round = 0;
      do {
        const page = await bucket.listKeys(cursor);
        listed.push(...page.keys);
        cursor = page.cursor;
        await bucket.set(`added ${round}`, bytes('v'));
        await bucket.delete(`key ${round}`);
        round += 1;
      } while (cursor !== undefined);
      const stayed = keys.slice(round);
      expect(stayed.filter((key) => !listed.includes(key))).toEqual([]);
      if (isOrdered()) expect(new Set(listed).size).toBe(listed.length);
    });

    test('only keys with a prefix are listed when asked for, on several pages', async () => {
      const bucket = await freshBucket(store.backend, { prefix: 'p?*' });
      const wanted = Array.from({ length: pageSize + 1 }, (_, index) => `b*/${index}`);
      const others = ['', 'a', 'b', 'b*', 'b*.', 'b*0', 'bc/', 'c', 'é'];
      await setMany(
        bucket,
        [...wanted, ...others, 'b*/'].map((key) => [key, bytes('v')] as const),
      );
      const list = async (prefix: string) => {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await bucket.listKeys(cursor, prefix);
          found.push(...page.keys);
          cursor = page.cursor;
        } while (cursor !== undefined);
        return inByteOrder([...new Set(found)].filter((key) => key.startsWith(prefix)));
      };
      expect(await list('b*/')).toEqual(inByteOrder([...wanted, 'b*/']));
      expect(await list('b*/7')).toEqual(inByteOrder(wanted.filter((key) => key.startsWith('b*/7'))));
      expect(await list('é')).toEqual(['é']);
      expect(await list('nothing')).toEqual([]);
      if (isOrdered()) expect((await bucket.listKeys(undefined, 'b*/7')).keys[0]).toBe('b*/7');
    });

    test('the time of the last write is told where it is known', async () => {
      const bucket = await freshBucket(store.backend, { ttl: 3_600_000 });
      expect(await bucket.written?.('k')).toBeUndefined();
      const before = store.subject.clock.now();
      await bucket.set('k', bytes('v'));
      const after = store.subject.clock.now();
      const written = await bucket.written?.('k');
      if (written === undefined) return;
      expect(written).toBeGreaterThanOrEqual(Math.floor(before) - 1);
      expect(written).toBeLessThanOrEqual(Math.ceil(after) + 1);
      store.subject.clock.advance(3_600_001);
      expect(await bucket.written?.('k')).toBeUndefined();
    });

    test('the key that a cursor stands at may be deleted', async () => {
      const { bucket, keys } = await filled(pageSize + 10);
      const first = await bucket.listKeys(undefined);
      for (const key of first.keys) await bucket.delete(key);
      const listed: string[] = [];
      for (let { cursor } = first; cursor !== undefined; ) {
        const page = await bucket.listKeys(cursor);
        listed.push(...page.keys);
        cursor = page.cursor;
      }
      const rest = keys.filter((key) => !first.keys.includes(key));
      expect(rest.filter((key) => !listed.includes(key))).toEqual([]);
    });

    test('a cursor that was not given out is refused', async () => {
      const bucket = await freshBucket(store.backend);
      expect(await refusal(() => bucket.listKeys('no cursor'))).toContain('cursor');
      expect(await refusal(() => bucket.listKeys(''))).toContain('cursor');
    });

    test('deleted keys are not listed', async () => {
      const { bucket } = await filled(3);
      await bucket.delete('key 1');
      expect(await keysOf(bucket)).toEqual(['key 0', 'key 2']);
    });
  });
}
