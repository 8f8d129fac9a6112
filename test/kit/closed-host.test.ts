import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { follow, sendTo } from '../../host/testing/test-host.ts';
import { backends, explore, startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';

const misbehave = component('misbehave');
const counter = component('kv-counter');
const closed = { name: 'HostError', message: expect.stringContaining('the host is closed') };

/** Longer than an operation on a store may take: what is left of one would be told by then. */
afterAll(() => sleep(5500), 10_000);

/** What a promise comes to. */
async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
}

describe('after close()', () => {
  const calls: Record<string, (host: TestHost) => unknown> = {
    fetch: (host) => host.fetch('/'),
    send: (host) => sendTo(host, new Request('http://localhost/'), () => {}),
    follow: (host) => follow(host, undefined, () => {}),
    listen: (host) => host.listen(),
    'bucket.get': (host) => host.bucket('b').get('k'),
    'bucket.getText': (host) => host.bucket('b').getText('k'),
    'bucket.getJson': (host) => host.bucket('b').getJson('k'),
    'bucket.set': (host) => host.bucket('b').set('k', 'v'),
    'bucket.delete': (host) => host.bucket('b').delete('k'),
    'bucket.exists': (host) => host.bucket('b').exists('k'),
    'bucket.increment': (host) => host.bucket('b').increment('k'),
    'bucket.keys': (host) => host.bucket('b').keys(),
    'bucket.entries': (host) => host.bucket('b').entries(),
    'bucket.clear': (host) => host.bucket('b').clear(),
    snapshot: (host) => host.snapshot(),
    reset: (host) => host.reset(),
    'faults.add': (host) => host.faults.add({ error: 'other' }),
    'faults.partition': (host) => host.faults.partition(),
    'faults.clear': (host) => host.faults.clear(),
    'clock.advance': (host) => host.clock.advance(1),
    'clock.freeze': (host) => host.clock.freeze(),
    'clock.unfreeze': (host) => host.clock.unfreeze(),
    'clock.set': (host) => host.clock.set(0),
    'clock.reset': (host) => host.clock.reset(),
    'clock.now': (host) => host.clock.now(),
  };

  test.each(['in_memory', 'sqlite', 'redis'] as const)('every call says so, on %s', async (name) => {
    const host = await startHost({ component: misbehave, keyvalue: { default: name } });
    await host
      .bucket('a')
      .exists('k')
      .catch(() => {});
    const bucket = host.bucket('b');
    const snapshot = await host.snapshot().catch(() => undefined);
    const fault = host.faults.add({ error: 'other', op: 'get' });
    await host.close();
    const outcomes: Record<string, unknown> = {};
    for (const [call, act] of Object.entries(calls)) {
      outcomes[call] = await outcomeOf((async () => await act(host))());
    }
    expect(outcomes).toEqual(
      Object.fromEntries(Object.keys(calls).map((call) => [call, expect.objectContaining(closed)])),
    );
    await expect(bucket.get('k')).rejects.toMatchObject(closed);
    if (snapshot !== undefined) await expect(host.restore(snapshot)).rejects.toMatchObject(closed);
    // What was there before can still be read and ended.
    fault.remove();
    expect([fault.hits, host.operations(), host.output()]).toEqual([0, [], '']);
    await host.close();
  });

  test('an exploration whose host was closed says so', async () => {
    const exploration = { component: counter, requests: ['/visits'], check: () => {} };
    await expect(explore({ ...exploration, before: (host) => host.close() })).rejects.toThrow(
      'the host is closed',
    );
  });
});

describe('what is under way at close()', () => {
  test('requests, answers and uploads fail, and the host is closed once', async () => {
    const host = await startHost({ component: misbehave });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const written = writer.write(Buffer.alloc(1000));
    const echo = await host.fetch('/echo', { method: 'POST', body: readable });
    await written;
    const reader = echo.body?.getReader();
    await reader?.read();
    const unread = await host.fetch('/echo', { method: 'POST', body: Buffer.alloc(500_000) });
    const waiting = [
      host.fetch('/sleep?ms=20000'),
      host.fetch('/sleep?ms=20000', { method: 'POST', body: 'x' }),
      reader?.read() ?? Promise.resolve(),
    ].map(outcomeOf);
    // One of which nobody waits for.
    host.fetch('/sleep?ms=20000').catch(() => {});
    await sleep(100);
    await Promise.all([host.close(), host.close(), host.close()]);
    for (const outcome of await Promise.all(waiting)) expect(outcome).toMatchObject(closed);
    await expect(unread.arrayBuffer()).rejects.toMatchObject(closed);
    await expect(writer.write(Buffer.alloc(1))).rejects.toThrow();
  });

  test.each(['in_memory', 'filesystem', 'sqlite', 'redis', 'nats'] as const)(
    'operations on %s end, and none is left',
    async (name) => {
      for (const backend of await backends(name)) {
        await using _ = backend;
        const host = await startHost({
          component: counter,
          keyvalue: { default: { ...(await backend.entry()) } },
        });
        const bucket = host.bucket('b');
        await bucket.set('k', 'v');
        const acts: (() => Promise<unknown>)[] = [
          () => bucket.get('k'),
          () => bucket.set('k', 'w'),
          () => bucket.entries(),
          () => host.bucket('other').increment('n'),
          () => host.snapshot(),
          () => host.reset(),
          () => host.listen(),
          () => host.fetch('/visits'),
        ];
        const under = acts.map((act) => outcomeOf(act()));
        await host.close();
        for (const outcome of await Promise.all(under)) {
          // Some were done before it was closed.
          if (outcome instanceof Error) expect(outcome).toMatchObject(closed);
        }
      }
    },
  );

  test('a component that computes for ever ends', async () => {
    const host = await startHost({ component: misbehave });
    const spinning = outcomeOf(host.fetch('/loop'));
    await sleep(200);
    const stored = outcomeOf(host.bucket('b').set('k', 'v'));
    await host.close();
    expect(await spinning).toMatchObject(closed);
    // The component has no keyvalue, so its buckets are not on the thread that computes.
    expect(await stored).toEqual({ value: undefined });
  });
});
