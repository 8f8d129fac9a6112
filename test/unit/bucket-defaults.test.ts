import { expect, test } from 'vitest';
import { getMany, setMany } from '../../host/interfaces/keyvalue/backends/bucket-defaults.ts';
import { largestBatch, largestValue } from '../../host/interfaces/keyvalue/backends/limits.ts';
import { InMemoryBackend } from '../../host/interfaces/keyvalue/backends/memory/in-memory.ts';
import { UniformBackend } from '../../host/interfaces/keyvalue/backends/uniform-backend.ts';

test('get-many of more than a guest may be given at once is refused, of as much as that it is not', () => {
  const bucket = new InMemoryBackend().open('b', {});
  bucket.set('k', new Uint8Array(largestValue));
  const most = Array.from({ length: largestBatch / largestValue }, () => 'k');
  expect(getMany(bucket, most)).toHaveLength(most.length);
  expect(() => getMany(bucket, [...most, 'k'])).toThrow(
    expect.objectContaining({ case: 'other', message: expect.stringContaining(String(largestBatch)) }),
  );
});

test('many keys are read in their order, at once or not', async () => {
  const bucket = new InMemoryBackend().open('b', {});
  const keys = Array.from({ length: 250 }, (_, index) => `key ${index}`);
  await setMany(
    bucket,
    keys.map((key) => [key, Buffer.from(key)] as const),
  );
  const expected = keys.map((key) => Buffer.from(key));
  expect(getMany(bucket, keys)).toEqual(expected);
  const waiting = slow(bucket);
  expect(await getMany(waiting, keys)).toEqual(expected);
  expect(await getMany(waiting, ['none', ...keys])).toEqual([undefined, ...expected]);
});

/** The same bucket, answering later. */
function slow(bucket: ReturnType<InMemoryBackend['open']>) {
  return {
    get: async (key: string) => bucket.get(key),
    set: async (key: string, value: Uint8Array) => bucket.set(key, value),
    delete: async (key: string) => bucket.delete(key),
    listKeys: async (cursor: string | undefined) => bucket.listKeys(cursor),
    increment: async (...args: Parameters<typeof bucket.increment>) => bucket.increment(...args),
    getVersioned: async (key: string) => bucket.getVersioned(key),
    setIfVersion: async (...args: Parameters<typeof bucket.setIfVersion>) => bucket.setIfVersion(...args),
  };
}

test('a store that keeps no ends of single keys is not asked for one, and nothing is changed', async () => {
  const asked: unknown[] = [];
  const own = new InMemoryBackend();
  const limits = { largestKey: 100, largestValue: 100 };
  const backend = new UniformBackend(
    {
      open: (name, settings) => {
        const bucket = own.open(name, settings);
        return { ...slow(bucket), set: async (...args) => void asked.push(args) };
      },
      close: () => {},
    },
    limits,
  );
  const bucket = await backend.open('b', {});
  const { version } = await bucket.getVersioned('k');
  for (const write of [
    async () => await bucket.set('k', Buffer.from('v'), 1000),
    async () => await bucket.setIfVersion('k', Buffer.from('v'), version, 1000),
  ]) {
    await expect(write()).rejects.toMatchObject({
      case: 'other',
      message: expect.stringMatching(/keeps no time to live for single keys.*nothing was changed/),
    });
  }
  await bucket.set('k', Buffer.from('v'));
  expect(asked).toEqual([['k', Buffer.from('v')]]);
  expect(await bucket.timesLeft?.(['k'])).toEqual([undefined]);
});
