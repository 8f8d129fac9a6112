import { expect, test } from 'vitest';
import { resolveSettings } from '../../host/composition/settings.ts';
import { InMemoryBackend } from '../../host/interfaces/keyvalue/backends/memory/in-memory.ts';
import { ThreadStores } from '../../host/interfaces/keyvalue/open-stores.ts';
import { MemoryFence } from '../../host/interfaces/keyvalue/shared-memory/memory-fence.ts';
import { WorkerMemory } from '../../host/interfaces/keyvalue/shared-memory/worker-memory.ts';

const value = Uint8Array.of(1);

test('of 200,000 buckets that were opened and are empty few are kept', () => {
  const backend = new InMemoryBackend();
  backend.open('kept', {}).set('k', value);
  let lost = 0;
  for (let number = 0; number < 200_000; number += 1) {
    const bucket = backend.open(`bucket ${number}`, {});
    bucket.set('k', value);
    if (bucket.get('k') !== value) lost += 1;
    bucket.delete('k');
  }
  expect(lost).toBe(0);
  expect(backend.size).toBeLessThanOrEqual(1000);
  expect(backend.open('kept', {}).get('k')).toBe(value);
});

test('what is in buckets stays, however many they are', () => {
  const backend = new InMemoryBackend();
  for (let number = 0; number < 20_000; number += 1) backend.open(`bucket ${number}`, {}).set('k', value);
  expect(backend.size).toBe(20_000);
});

test('keys that have expired go from buckets that nobody opens any more', () => {
  let now = 0;
  const told = new Map<string, number>();
  const backend = new InMemoryBackend({
    now: () => now,
    onChange: ({ bucket, entry }) => void told.set(bucket, entry === undefined ? 0 : 1),
  });
  for (let number = 0; number < 50_000; number += 1) {
    now += 1;
    backend.open(`bucket ${number}`, { ttl: 1000 }).set('k', value);
  }
  expect(backend.size).toBeLessThan(10_000);
  // Whoever follows the changes has no more of them.
  expect([...told.values()].filter((count) => count > 0).length).toBeLessThan(10_000);
});

test('a version of a bucket that was forgotten meanwhile is none of the new one', () => {
  const backend = new InMemoryBackend();
  const first = backend.open('b', {});
  first.set('k', value);
  const written = first.getVersioned('k').version;
  first.delete('other');
  first.delete('k');
  const absent = first.getVersioned('k').version;
  for (let number = 0; number < 2000; number += 1) backend.open(`bucket ${number}`, {});
  expect(first.isForgotten).toBe(true);
  const second = backend.open('b', {});
  expect(second).not.toBe(first);
  for (let round = 0; round < 3; round += 1) {
    second.set('k', value);
    expect(second.getVersioned('k').version).not.toBe(written);
  }
  second.delete('k');
  expect(second.setIfVersion('k', value, absent)).toBe(false);
});

test('a handle of a guest goes on where its empty bucket was forgotten', async () => {
  const own = new InMemoryBackend();
  const fence = new MemoryFence();
  fence.grant();
  const memory = new WorkerMemory(own, fence, () => {});
  memory.own();
  const handle = memory.open('b', {});
  for (let number = 0; number < 2000; number += 1) memory.open(`bucket ${number}`, {});
  await handle.set('k', value);
  expect(await memory.open('b', {}).get('k')).toBe(value);
});

test('a thread keeps no more than ten thousand buckets open', async () => {
  const { settings } = await resolveSettings({ cwd: import.meta.dirname, env: {}, flags: {} });
  const stores = new ThreadStores(settings.keyvalue, new InMemoryBackend(), {
    now: Date.now,
    operationTimeout: 1000,
    tell: () => {},
  });
  const first = stores.open('first');
  expect(stores.open('first')).toBe(first);
  for (let number = 0; number < 200_000; number += 1) stores.open(`bucket ${number}`);
  expect(stores.open('first')).not.toBe(first);
});
