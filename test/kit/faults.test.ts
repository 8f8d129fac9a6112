import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HostError } from '../../host/index.ts';
import { Chance } from '../../host/runtime/fault-injection/chance.ts';
import { type Fault, startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost({ component: component('kv-probe', 'kv-probe-draft2'), seed: 1 });
});
beforeEach(() => host.reset());
afterAll(() => host.close());

async function call(operation: string, fields: object = {}): Promise<unknown> {
  const body = JSON.stringify({ bucket: 'b', ...(operation === 'list-keys' ? {} : { key: 'k' }), ...fields });
  return await (await host.fetch(`/${operation}`, { method: 'POST', body })).json();
}
const set = (key: string, text = 'v') => call('set', { key, value: Buffer.from(text).toString('base64') });
const text = async (key: string) => {
  const { ok } = (await call('get', { key })) as { ok: string | null };
  return ok === null ? null : Buffer.from(ok, 'base64').toString();
};

test('an error reaches the component, and nothing is done', async () => {
  const fault = host.faults.add({ op: 'set', bucket: 'b', key: /^a/, error: 'access-denied' });
  expect(await set('apple')).toEqual({ error: { case: 'access-denied' } });
  expect(await set('banana')).toEqual({ ok: null });
  expect(await host.bucket('b').keys()).toEqual(['banana']);
  expect(fault.hits).toBe(1);
  fault.remove();
  expect(await set('apple')).toEqual({ ok: null });
});

test('the error other has a text, which the test may choose', async () => {
  host.faults.add({ op: 'get', key: 'k', error: 'other' });
  host.faults.add({ op: 'get', key: 'x', error: 'other', message: 'disk full' });
  expect(await call('get')).toEqual({
    error: { case: 'other', message: expect.stringMatching(/get of key 'k'/) },
  });
  expect(await call('get', { key: 'x' })).toEqual({ error: { case: 'other', message: 'disk full' } });
});

test('it begins after some operations and ends after some', async () => {
  const fault = host.faults.add({ op: 'set', after: 2, times: 1, error: 'no-such-store' });
  const answers = [];
  for (const key of ['a', 'b', 'c', 'd']) answers.push(await set(key));
  const done = { ok: null };
  expect(answers).toEqual([done, done, { error: { case: 'no-such-store' } }, done]);
  expect(fault.hits).toBe(1);
  expect(await host.bucket('b').keys()).toEqual(['a', 'b', 'd']);
});

test('an answer is lost after the store has done it', async () => {
  host.faults.add({ op: 'increment', drop: 'after-apply', times: 1 });
  expect(await call('increment', { delta: '5' })).toMatchObject({ error: { case: 'other' } });
  expect(await host.bucket('b').getText('k')).toBe('5');
  expect(await call('increment', { delta: '1' })).toEqual({ ok: '6' });
});

test('an operation takes longer', async () => {
  host.faults.add({ op: 'get', delay: '150ms' });
  const started = performance.now();
  await call('get');
  expect(performance.now() - started).toBeGreaterThan(140);
  expect(host.operations().at(-1)?.milliseconds).toBeGreaterThan(140);
});

test('what happens by chance is the same for the same seed', async () => {
  const run = async (): Promise<boolean[]> => {
    await using own = await startHost({ component: component('kv-probe', 'kv-probe-draft2'), seed: 'x' });
    own.faults.add({ op: 'exists', probability: 0.5, error: 'other', delay: ['1ms', '3ms'] });
    const failed: boolean[] = [];
    for (let round = 0; round < 30; round += 1) {
      const response = await own.fetch('/exists', { method: 'POST', body: '{"bucket":"b","key":"k"}' });
      failed.push('error' in ((await response.json()) as object));
    }
    return failed;
  };
  const first = await run();
  expect(first).toContain(true);
  expect(first).toContain(false);
  expect(await run()).toEqual(first);
});

test('what happens by chance is the same again after a reset', async () => {
  const run = async (): Promise<string[]> => {
    await host.reset();
    host.faults.add({ op: 'set', probability: 0.5, error: 'access-denied' });
    for (let index = 0; index < 20; index += 1) await set(`key ${index}`);
    return await host.bucket('b').keys();
  };
  const first = await run();
  expect(first.length).toBeGreaterThan(0);
  expect(first.length).toBeLessThan(20);
  expect(await run()).toEqual(first);
});

test('answers of a store may be late as those over a network are', () => {
  const delays = Array.from({ length: 2000 }, (_, index) =>
    new Chance(`seed ${index}`).delay({ median: 20, p99: 300 }),
  ).sort((a, b) => a - b);
  expect(delays[1000]).toBeGreaterThan(17);
  expect(delays[1000]).toBeLessThan(23);
  expect(delays.filter((delay) => delay > 300).length).toBeGreaterThan(5);
  expect(delays.filter((delay) => delay > 300).length).toBeLessThan(40);
});

test('such delays are added', async () => {
  const fault = host.faults.add({ op: 'get', delay: { median: '40ms', p99: '60ms' } });
  for (let index = 0; index < 5; index += 1) await call('get');
  expect(fault.hits).toBe(5);
  const times = host.operations().map(({ milliseconds }) => milliseconds);
  expect(Math.max(...times)).toBeGreaterThan(30);
  expect(new Set(times.map(Math.round)).size).toBeGreaterThan(1);
});

test('a fault of a key happens to a batch with that key', async () => {
  host.faults.add({ key: 'bad', error: 'other' });
  const batch = async (operation: string, fields: object): Promise<unknown> => {
    const body = JSON.stringify({ bucket: 'b', ...fields });
    return await (await host.fetch(`/${operation}`, { method: 'POST', body })).json();
  };
  const set = (...keys: string[]) => batch('set-many', { entries: keys.map((key) => [key, '']) });
  expect(await set('a', 'bad')).toMatchObject({ error: { case: 'other' } });
  expect(await set('a', 'b')).toEqual({ ok: null });
  expect(await batch('delete-many', { keys: ['b', 'bad'] })).toMatchObject({ error: { case: 'other' } });
  expect(await host.bucket('b').keys()).toEqual(['a', 'b']);
});

test('what has happened often enough does not happen again in a new thread', async () => {
  await using own = await startHost({
    component: component('kv-probe', 'kv-probe-draft2'),
    // Longer than a busy machine needs to start a thread.
    requestTimeout: '3s',
  });
  const ask = (operation: string): Promise<Response> =>
    own.fetch(`/${operation}`, { method: 'POST', body: '{"bucket":"b","key":"k"}' });
  const once = own.faults.add({ op: 'delete', times: 1, error: 'access-denied' });
  const later = own.faults.add({ op: 'exists', after: 1, error: 'access-denied' });
  expect(await (await ask('delete')).json()).toEqual({ error: { case: 'access-denied' } });
  expect(await (await ask('exists')).json()).toEqual({ ok: false });
  expect((await own.fetch('/loop', { method: 'POST', body: '{}' })).status).toBe(504);
  expect(await (await ask('delete')).json()).toEqual({ ok: null });
  expect(await (await ask('exists')).json()).toEqual({ error: { case: 'access-denied' } });
  expect([once.hits, later.hits]).toEqual([1, 1]);
});

test('a stale read is older than the last write of another request, not than its own', async () => {
  await set('k', 'old');
  host.faults.add({ stale: true });
  await set('k', 'new');
  expect(await text('k')).toBe('old');
  const own = [
    { operation: 'set', bucket: 'b', key: 'k', value: Buffer.from('own').toString('base64') },
    { operation: 'get', bucket: 'b', key: 'k' },
  ];
  const response = await host.fetch('/sequence', { method: 'POST', body: JSON.stringify(own) });
  expect(await response.json()).toEqual([{ ok: null }, { ok: Buffer.from('own').toString('base64') }]);
  const batch = [
    { operation: 'set-many', bucket: 'b', entries: [['k', Buffer.from('batch').toString('base64')]] },
    { operation: 'get', bucket: 'b', key: 'k' },
  ];
  const ofBatch = await host.fetch('/sequence', { method: 'POST', body: JSON.stringify(batch) });
  expect(await ofBatch.json()).toEqual([{ ok: null }, { ok: Buffer.from('batch').toString('base64') }]);
  host.faults.clear();
  expect(await text('k')).toBe('batch');
});

test('a partition cuts the component off, and heals', async () => {
  await set('k');
  const partition = host.faults.partition({ bucket: 'b' });
  expect(await text('k').catch(() => 'failed')).toBe('failed');
  expect(await call('get')).toMatchObject({ error: { case: 'other', message: /partition/ } });
  expect(await call('get', { bucket: 'other' })).toEqual({ ok: null });
  expect(await host.bucket('b').getText('k'), 'the test itself is not cut off').toBe('v');
  partition.remove();
  expect(await text('k')).toBe('v');
});

/** The pages of a listing. */
async function pages(): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | null = null;
  do {
    const { ok } = (await call('list-keys', cursor === null ? {} : { cursor })) as {
      ok: { keys: string[]; cursor: string | null };
    };
    found.push(ok.keys);
    cursor = ok.cursor;
  } while (cursor !== null);
  return found;
}

test('pages may have a single key', async () => {
  for (const key of ['a', 'b', 'c']) await set(key);
  const fault = host.faults.add({ pageSize: 1 });
  expect(await pages()).toEqual([['a'], ['b'], ['c']]);
  expect(fault.hits).toBe(3);
  fault.remove();
  expect(await pages()).toEqual([['a', 'b', 'c']]);
});

test('the first page may be the only small one, and none is lost', async () => {
  for (const key of ['a', 'b', 'c']) await set(key);
  host.faults.add({ pageSize: 1, times: 1 });
  expect(await pages()).toEqual([['a'], ['b', 'c']]);
});

test('a reset removes them', async () => {
  host.faults.add({ error: 'other' });
  await host.reset();
  expect(await set('k')).toEqual({ ok: null });
});

test.each([
  [{}, /has to say what goes wrong/],
  [{ op: 'put', error: 'other' }, /op of a fault is "put"\. Expected one of open, get/],
  [{ error: 'other', after: -1 }, /after of a fault is -1/],
  [{ delay: 'soon' }, /delay of a fault is "soon"\. Expected a duration/],
  [{ pageSize: 0 }, /pageSize of a fault is 0/],
  [{ error: 'other', probability: 2 }, /probability of a fault is 2/],
  [
    { error: 'gone' },
    /error of a fault is "gone"\. Expected one of no-such-store, access-denied, invalid-argument, timeout/,
  ],
  [{ drop: 'before-apply' }, /drop of a fault is "before-apply"\. Expected after-apply/],
  [{ keys: 'a', error: 'other' }, /a fault knows no keys\. Did you mean key\?/],
  [{ op: 'set', stale: true }, /op of a fault is "set"\. Expected get or exists/],
  [{ op: ['get', 'set'], pageSize: 1 }, /Expected list-keys, which is what pageSize is about/],
  [{ delay: { median: '2s', p99: '1s' } }, /Expected a median above zero, and a p99/],
  [{ op: 'gte', error: 'other' }, /op of a fault is "gte"\..*did you mean get\?/],
  [{ op: [], error: 'other' }, /op of a fault is an empty list, which nothing matches/],
  [{ op: 5, error: 'other' }, /op of a fault is 5, a number/],
  [{ bucket: 5, error: 'other' }, /bucket of a fault is 5, a number\. Expected text/],
  [{ buckets: 'b', error: 'other' }, /a fault knows no buckets\. Did you mean bucket\?/],
  [{ key: 5, error: 'other' }, /key of a fault is 5, a number\. Expected text or a regular expression/],
  [
    { op: 'open', key: 'k', error: 'other' },
    /key of a fault is "k"\. Expected no key, as open and list-keys/,
  ],
  [{ pageSize: 1, key: /k/ }, /key of a fault is an instance of RegExp\. Expected no key/],
  [{ error: 'other', message: 5 }, /message of a fault is 5, a number\. Expected text/],
  [{ stale: 'yes' }, /stale of a fault is "yes"\. Expected true or false/],
  [{ error: 'other', after: Number.POSITIVE_INFINITY }, /after of a fault is Infinity/],
  [{ error: 'other', times: Number.NaN }, /times of a fault is NaN/],
  [{ error: 'other', times: 5n }, /times of a fault is 5n, a bigint/],
  [{ error: 'other', probability: '1' }, /probability of a fault is "1"/],
  [{ delay: null }, /delay of a fault is null\. Expected a duration such as/],
  [{ delay: ['1ms'] }, /delay of a fault is a list\. Expected a duration such as/],
  [{ delay: { median: '1ms' } }, /delay of a fault is a map\. Expected a duration such as/],
  [{ delay: Symbol('soon') }, /delay of a fault is a symbol/],
  [{ message: 'x' }, /a fault has to say what goes wrong: .* This one has only message\./],
  [{ error: 'other', drop: 'after-apply' }, /a fault has drop beside error\. Expected one of error, drop, /],
  [{ op: 'get', error: 'other', stale: true }, /a fault has stale beside error\./],
  [{ op: 'list-keys', error: 'other', pageSize: 1 }, /a fault has pageSize beside error\./],
  [{ op: 'get', drop: 'after-apply', stale: true }, /a fault has stale beside drop\./],
  [{ stale: true, pageSize: 1 }, /a fault has pageSize beside stale\./],
  [{ error: 'access-denied', message: 'x' }, /a fault has a message beside access-denied\. Expected/],
  [{ error: 'no-such-store', message: 'x' }, /a fault has a message beside no-such-store\./],
  [{ delay: '1ms', message: 'x' }, /a fault has a message beside no error\./],
  [{ stale: true, message: 'x' }, /a fault has a message beside no error\./],
  [undefined, /faults\.add got undefined\. Expected a fault such as/],
  ['get', /faults\.add got "get"\. Expected a fault such as/],
  [new Proxy({}, { get: () => Object.create(null) }), /op of a fault is a map/],
])('%o is refused', (fault, message) => {
  expect(() => host.faults.add(fault as Fault)).toThrow(message);
  expect(() => host.faults.add(fault as Fault)).toThrow(HostError);
});

test.each<Fault>([
  { error: 'other', message: 'x', delay: '1ms' },
  { error: 'access-denied', delay: '1ms' },
  { drop: 'after-apply', message: 'x', delay: '1ms' },
  { error: 'other', stale: false },
  { stale: true, delay: '1ms' },
])('%o is taken', (fault) => {
  expect(host.faults.add(fault).hits).toBe(0);
});

test.each([
  ['carts', /faults\.partition got "carts"\. Expected what it cuts off/],
  [{ buckets: 'carts' }, /faults\.partition knows no buckets\. Did you mean bucket\?/],
  [{ bucket: 5 }, /bucket of a fault is 5, a number/],
])('a partition of %o is refused', (cut, message) => {
  expect(() => host.faults.partition(cut as object)).toThrow(message);
});
