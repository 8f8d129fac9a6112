import { describe, expect, test } from 'vitest';
import type { Bucket } from '../../host/backends/backend.ts';
import { bytes, freshBucket, freshName, type StartSubject, textOf } from './subject.ts';
import { withSubject } from './with-subject.ts';

const clients = 16;
const rounds = 10;

export function concurrencyGroup(start: StartSubject): void {
  describe('at once', () => {
    const store = withSubject(start);

    test('increments of many clients add up', async () => {
      const bucket = await freshBucket(store.backend);
      await atOnce(clients, async () => {
        for (let round = 0; round < rounds; round += 1) await bucket.increment('n', 1n, 's64');
      });
      expect(await textOf(bucket, 'n')).toBe(String(clients * rounds));
    });

    test('swaps of many clients lose nothing', async () => {
      const bucket = await freshBucket(store.backend);
      await atOnce(8, async () => {
        for (let round = 0; round < rounds; round += 1) await addBySwap(bucket, 'n');
      });
      expect(await textOf(bucket, 'n')).toBe(String(8 * rounds));
    });

    test('increments and swaps of two hosts add up', async ({ skip }) => {
      if (!store.subject.promises.shared) skip('this store is not shared between hosts');
      const name = freshName();
      const other = await store.subject.connect();
      try {
        const buckets = [await store.backend.open(name, {}), await other.open(name, {})] as const;
        await atOnce(8, async (client) => {
          const bucket = buckets[client % 2 === 0 ? 0 : 1];
          for (let round = 0; round < rounds; round += 1) {
            await bucket.increment('n', 1n, 's64');
            await addBySwap(bucket, 'm');
          }
        });
        expect(await textOf(buckets[0], 'n')).toBe(String(8 * rounds));
        expect(await textOf(buckets[1], 'm')).toBe(String(8 * rounds));
      } finally {
        await other.close();
      }
    });

    test('what one host has written, another reads', async ({ skip }) => {
      if (!store.subject.promises.shared) skip('this store is not shared between hosts');
      const name = freshName();
      await (await store.backend.open(name, {})).set('k', bytes('v'));
      const other = await store.subject.connect();
      try {
        expect(await textOf(await other.open(name, {}), 'k')).toBe('v');
      } finally {
        await other.close();
      }
    });
  });
}

async function atOnce(count: number, act: (client: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, client) => act(client)));
}

async function addBySwap(bucket: Bucket, key: string): Promise<void> {
  for (;;) {
    const { value, version } = await bucket.getVersioned(key);
    const next = Number(Buffer.from(value ?? []).toString() || '0') + 1;
    if (await bucket.setIfVersion(key, bytes(String(next)), version)) return;
  }
}
