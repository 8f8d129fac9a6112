import { expect, test } from 'vitest';
import { InMemoryBackend } from '../../host/interfaces/keyvalue/backends/memory/in-memory.ts';
import type { MemoryChange } from '../../host/interfaces/keyvalue/backends/memory/in-memory-bucket.ts';
import type { MemoryAnswer, MemoryCall } from '../../host/interfaces/keyvalue/messages.ts';
import { MemoryFence } from '../../host/interfaces/keyvalue/shared-memory/memory-fence.ts';
import { WorkerMemory } from '../../host/interfaces/keyvalue/shared-memory/worker-memory.ts';

/** Two threads' memories, where the second owns what was taken from the first. */
function twoThreads() {
  const fence = new MemoryFence();
  const changes = new Map<string, string>();
  const onChange = ({ key, entry }: MemoryChange) => {
    if (entry === undefined) changes.delete(key);
    else changes.set(key, Buffer.from(entry.value).toString());
  };
  const fenceOfSecond = new MemoryFence();
  const second: WorkerMemory = new WorkerMemory(
    new InMemoryBackend({ generation: 2, onChange }),
    fenceOfSecond,
    (message) => queueMicrotask(() => first.settle(message as MemoryAnswer)),
  );
  const first: WorkerMemory = new WorkerMemory(
    new InMemoryBackend({ generation: 1, onChange }),
    fence,
    (message) => queueMicrotask(() => second.serve(message as MemoryCall)),
  );
  for (const one of [fence, fenceOfSecond]) one.grant();
  for (const memory of [first, second]) memory.own();
  return { fence, first, second, changes };
}

test('a thread that owns its buckets answers at once', () => {
  const bucket = twoThreads().first.open('b', {});
  bucket.set('k', Buffer.from('v'));
  expect(bucket.get('k')).toEqual(Buffer.from('v'));
});

test('a thread that lost its buckets goes on with those of the new owner', async () => {
  const { fence, first, second, changes } = twoThreads();
  const late = first.open('b', {});
  fence.revoke();
  const now = second.open('b', {});
  now.set('k', Buffer.from('new'));
  expect(await late.get('k')).toEqual(Buffer.from('new'));
  expect(await late.increment('n', 2n, 's64')).toBe(2n);
  expect(now.increment('n', 1n, 's64')).toBe(3n);
  expect(changes.get('n')).toBe('3');
});

test('a version from before the change of owner is never taken for a later one', async () => {
  const { fence, first } = twoThreads();
  const bucket = first.open('b', {});
  bucket.set('k', Buffer.from('v'));
  const { version } = await bucket.getVersioned('k');
  fence.revoke();
  await bucket.set('k', Buffer.from('other'));
  expect(await bucket.setIfVersion('k', Buffer.from('mine'), version)).toBe(false);
});

test('an error of the new owner reaches the guest as its own would', async () => {
  const { fence, first } = twoThreads();
  const bucket = first.open('b', {});
  fence.revoke();
  await bucket.set('n', Buffer.from('text'));
  await expect(bucket.increment('n', 1n, 's64')).rejects.toMatchObject({ name: 'StoreError', case: 'other' });
});

test('a call that comes after the buckets have gone on again is passed on, not answered from what is left', () => {
  const answers: (MemoryCall | MemoryAnswer)[] = [];
  const fence = new MemoryFence();
  const own = new InMemoryBackend();
  const memory = new WorkerMemory(own, fence, (message) => answers.push(message));
  fence.grant();
  memory.own();
  const call: MemoryCall = {
    type: 'memoryCall',
    call: 7,
    bucket: 'b',
    settings: {},
    method: 'increment',
    args: ['n', 1n, 's64'],
  };
  memory.serve(call);
  fence.revoke();
  memory.serve(call);
  expect(answers).toEqual([
    { type: 'memoryAnswer', call: 7, value: 1n },
    { type: 'memoryAnswer', call: 7, moved: true },
  ]);
  expect(Buffer.from(own.open('b', {}).get('n') ?? []).toString()).toBe('1');
});

test('the end of a key goes with its bucket from thread to thread', async () => {
  let now = 1000;
  const clock = { now: () => now };
  const changes: MemoryChange[] = [];
  const before = new InMemoryBackend({ ...clock, onChange: (change) => changes.push(change) });
  const bucket = before.open('b', {});
  for (const key of ['told', 'moved', 'kept']) bucket.set(key, Buffer.from('1'), 500);
  bucket.increment('told', 1n, 's64');
  bucket.set('kept', Buffer.from('2'));
  // One thread follows each change, another one is told the contents.
  const [follower, next] = [new InMemoryBackend(clock), new InMemoryBackend(clock)];
  for (const change of changes) follower.apply(change);
  for (const [name, key, entry] of before.contents())
    next.apply({ bucket: name, key, entry, expires: false });
  for (const backend of [before, follower, next]) {
    expect(backend.open('b', {}).timesLeft(['told', 'moved', 'kept'])).toEqual([500, 500, undefined]);
  }
  now += 500;
  for (const backend of [before, follower, next]) {
    expect(backend.open('b', {}).listKeys(undefined).keys).toEqual(['kept']);
    expect(backend.open('b', {}).get('told')).toBeUndefined();
  }
});

test('a key that a thread without the buckets gives an end has it', async () => {
  const { fence, first, second } = twoThreads();
  const bucket = first.open('b', {});
  fence.revoke();
  await bucket.set('k', Buffer.from('v'), 60_000);
  const [left = 0] = (await bucket.timesLeft?.(['k'])) ?? [];
  expect(left).toBeGreaterThan(50_000);
  expect(await second.open('b', {}).timesLeft?.(['k'])).toEqual([expect.closeTo(left, -3)]);
});
