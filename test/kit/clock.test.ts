import { expect, test } from 'vitest';
import { startHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const misbehave = component('misbehave');

test.each(['in_memory', 'filesystem', 'sqlite'] as const)(
  'keys of workers-kv are gone after 60 s of the host’s clock, %s',
  async (backend) => {
    await using project = await Project.create({});
    const place = backend === 'in_memory' ? {} : { path: backend === 'sqlite' ? 'kv.db' : 'kv' };
    await using host = await startHost({
      component: component('workers-kv'),
      directory: project.folder,
      keyvalue: { KV_FROM_RUST: { backend, ttl: '60s', ...place } },
    });
    const get = async () => await (await host.fetch('/foo')).json();
    await (await host.fetch('/foo?value=bar', { method: 'PUT' })).text();
    expect(await get()).toBe('bar');
    host.clock.advance('59s');
    expect(await get()).toBe('bar');
    host.clock.advance('2s');
    expect(await get()).toBe('');
    expect(await host.bucket('KV_FROM_RUST').keys()).toEqual([]);
  },
);

test.each(['in_memory', 'filesystem', 'sqlite'] as const)(
  'a key with a time to live of its own is gone by the host’s clock, and a snapshot keeps what is left, %s',
  async (backend) => {
    await using project = await Project.create({});
    const place = backend === 'in_memory' ? {} : { path: backend === 'sqlite' ? 'kv.db' : 'kv' };
    await using host = await startHost({
      component: component('workers-kv'),
      directory: project.folder,
      clock: 'frozen',
      ownsData: true,
      keyvalue: { KV_FROM_RUST: { backend, ...place } },
    });
    const bucket = host.bucket('KV_FROM_RUST');
    await bucket.set('short', 'v', { ttl: '60s' });
    await bucket.set('lasting', 'v');
    host.clock.advance('59999ms');
    expect(await bucket.keys()).toEqual(['lasting', 'short']);
    expect(await (await host.fetch('/short')).json()).toBe('v');
    const snapshot = await host.snapshot();
    host.clock.advance(1);
    expect(await (await host.fetch('/short')).json()).toBe('');
    expect(await bucket.keys()).toEqual(['lasting']);
    await host.restore(snapshot);
    expect(await bucket.timesLeft(['short', 'lasting'])).toEqual([1, undefined]);
    expect(String(await host.snapshot())).toBe(String(snapshot));
    host.clock.advance(1);
    expect(await bucket.keys()).toEqual(['lasting']);
    await expect(bucket.set('k', 'v', { ttl: 'soon' })).rejects.toThrow(/ttl of bucket\.set.*a duration/);
  },
);

test('a component that sleeps is woken when the clock has been moved', async () => {
  await using host = await startHost({ component: misbehave, requestTimeout: '20s' });
  const started = performance.now();
  let isOver = false;
  const sleeping = host.fetch('/sleep?ms=3600000').then((response) => {
    isOver = true;
    return response.status;
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  host.clock.advance('59m');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isOver).toBe(false);
  host.clock.advance('1m');
  expect(await sleeping).toBe(200);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('time that is frozen stands still until it is moved', async () => {
  const noon = new Date('2030-01-01T12:00:00Z');
  await using host = await startHost({ component: misbehave, clock: noon });
  expect(host.clock.now()).toEqual(noon);
  const sleeping = host.fetch('/sleep?ms=10');
  expect(await Promise.race([sleeping, new Promise((resolve) => setTimeout(resolve, 300, 'asleep'))])).toBe(
    'asleep',
  );
  host.clock.advance(10);
  expect((await sleeping).status).toBe(200);
  expect(host.clock.now()).toEqual(new Date(noon.getTime() + 10));
  host.clock.unfreeze();
  await expect.poll(() => host.clock.now().getTime()).toBeGreaterThan(noon.getTime() + 10);
  await host.reset();
  expect(host.clock.now()).toEqual(noon);
});

test('the wall clock can be set', async () => {
  await using host = await startHost({ component: misbehave });
  host.clock.set(new Date('1999-12-31T23:59:59Z'));
  expect(host.clock.now().getUTCFullYear()).toBe(1999);
  expect(() => host.clock.advance('soon')).toThrow(/clock\.advance got "soon"\. Expected a duration/);
});
