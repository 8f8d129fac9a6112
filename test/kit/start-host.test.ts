import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Snapshot, startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { rounds } from '../support/rounds.ts';

const handler = component('http-kv-handler');
const misbehave = component('misbehave');
const post = (key: string, value: string): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({ key, value }),
});

test('a component answers requests, and its operations are known', async () => {
  await using host = await startHost({ component: handler });
  await host.bucket('in_memory').set('k', 'v');
  const response = await host.fetch('/?key=k');
  expect(response.status).toBe(200);
  expect(host.operations()).toMatchObject([{ op: 'get', bucket: 'in_memory', key: 'k', hit: true }]);
  expect(await response.text()).toBe('[in_memory] v\n');
  await (await host.fetch('/', post('a', 'b'))).text();
  expect(await host.bucket('in_memory').getText('a')).toBe('b');
  expect(host.operations().at(-1)).toMatchObject({ op: 'set', key: 'a', size: 1, request: 2 });
});

test('requests are those of the web platform', async () => {
  await using host = await startHost({ component: misbehave });
  const echo = new Request('http://example.org/echo', { method: 'PUT', body: 'a body' });
  const response = await host.fetch(echo);
  expect([response.status, await response.text()]).toEqual([200, 'a body']);
  const missing = await host.fetch(new URL('http://localhost/nowhere'));
  expect([missing.status, missing.ok]).toEqual([404, false]);
});

test('bodies are streamed both ways', async () => {
  await using host = await startHost({ component: misbehave });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const sent = writer.write(Buffer.alloc(100_000, 'a'));
  const response = await host.fetch('/echo', { method: 'POST', body: readable });
  const reader = response.body?.getReader();
  let received = (await reader?.read())?.value?.length ?? 0;
  expect(received).toBeGreaterThan(0);
  await sent;
  await writer.write(Buffer.alloc(200_000, 'b'));
  await writer.close();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
    received += part.value.length;
  expect(received).toBe(300_000);
});

test('with a seed, what is random is the same after each start and each reset', async () => {
  const numbersOf = async (host: TestHost): Promise<string[]> => {
    const numbers: string[] = [];
    for (let count = 0; count < 3; count += 1) numbers.push(await (await host.fetch('/random')).text());
    return numbers;
  };
  await using host = await startHost({ component: misbehave, seed: 1 });
  const numbers = await numbersOf(host);
  expect(new Set(numbers).size).toBe(3);
  expect(await numbersOf(host)).not.toEqual(numbers);
  await host.reset();
  expect(await numbersOf(host)).toEqual(numbers);
  await using same = await startHost({ component: misbehave, seed: 1 });
  expect(await numbersOf(same)).toEqual(numbers);
  await using other = await startHost({ component: misbehave, seed: 2 });
  expect(await numbersOf(other)).not.toEqual(numbers);
});

test('a request can be aborted', async () => {
  await using host = await startHost({ component: misbehave });
  const signal = AbortSignal.timeout(100);
  await expect(host.fetch('/sleep?ms=20000', { signal })).rejects.toThrow(/timeout/);
  expect((await host.fetch('/echo', { method: 'POST', body: 'x' })).status).toBe(200);
});

test('a trap is answered 500, an answer that breaks off fails its reader', async () => {
  await using host = await startHost({ component: misbehave });
  const response = await host.fetch('/trap');
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('unreachable');
  const broken = await host.fetch('/trap-late');
  const reader = broken.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('the first part\n');
  await expect(reader?.read()).rejects.toThrow();
});

test('a reset empties the buckets and takes milliseconds', async () => {
  await using host = await startHost({ component: handler });
  const times: number[] = [];
  // One of five, because another process may have the processor.
  for (let attempt = 0; attempt < 5 && Math.min(...times) >= 50; attempt += 1) {
    for (const key of ['a', 'b', 'c']) await host.bucket('in_memory').set(key, 'v');
    await (await host.fetch('/?key=a')).text();
    const started = performance.now();
    await host.reset();
    times.push(performance.now() - started);
    expect(await host.bucket('in_memory').keys()).toEqual([]);
    expect(host.operations()).toEqual([]);
  }
  expect(Math.min(...times)).toBeLessThan(50);
  expect((await host.fetch('/?key=a')).status).toBe(404);
});

test('instances that are kept are fresh after a reset', async () => {
  await using host = await startHost({ component: misbehave, instances: 'reuse' });
  const count = async () => Number(await (await host.fetch('/leak')).text());
  expect([await count(), await count()]).toEqual([1, 2]);
  await host.reset();
  expect(await count()).toBe(1);
});

test('a snapshot holds all buckets, is a stable text, and can be brought back', async () => {
  await using host = await startHost({ component: handler });
  const bucket = host.bucket('in_memory');
  await bucket.set('b', 'text');
  await bucket.set('a', Uint8Array.of(0, 255));
  await host.bucket('other').set('x', 'y');
  const snapshot = await host.snapshot();
  expect(snapshot).toBeInstanceOf(Snapshot);
  expect(String(snapshot)).toBe(
    [
      'bucket "in_memory"',
      '  {"key":"a","base64":"AP8="}',
      '  {"key":"b","value":"text"}',
      'bucket "other"',
      '  {"key":"x","value":"y"}',
    ].join('\n'),
  );
  await bucket.delete('a');
  await bucket.set('c', 'more');
  await host.restore(snapshot);
  expect(String(await host.snapshot())).toBe(String(snapshot));
});

test('a port is opened where one is wanted', async () => {
  await using host = await startHost({ component: handler });
  const url = await host.listen('127.0.0.1:0');
  expect(await (await fetch(url, post('k', 'v'))).text()).toBe("[in_memory] Stored 'k'\n");
  expect(await host.bucket('in_memory').getText('k')).toBe('v');
  await host.close();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('the environment, the configuration and denied buckets are the options’', async () => {
  const keyvalue = { default: 'in_memory', in_memory: 'deny' } as const;
  await using host = await startHost({ component: handler, keyvalue });
  const response = await host.fetch('/?key=k');
  expect([response.status, await response.text()]).toEqual([500, expect.stringContaining('AccessDenied')]);
  expect(host.operations()).toMatchObject([
    { op: 'open', bucket: 'in_memory', error: expect.stringContaining('denied') },
  ]);
});

test('wrong options are refused with what would be right', async () => {
  const start = (options: object) => startHost({ component: handler, ...options });
  await expect(start({ keyvalue: { default: 'redsi' } })).rejects.toThrow(
    /startHost: keyvalue\.default is "redsi"\. Expected .* \(did you mean redis\?\)/,
  );
  await expect(start({ requestTimeout: 'soon' })).rejects.toThrow(
    /requestTimeout is "soon"\. Expected a duration/,
  );
  await expect(start({ component: 'nothing.wasm' })).rejects.toThrow(/nothing\.wasm does not exist/);
});

test('data in files is there for the next host', async () => {
  await using project = await Project.create({});
  const options = {
    component: handler,
    directory: project.folder,
    keyvalue: { default: { backend: 'sqlite', path: 'kv.db' } },
  } as const;
  {
    await using host = await startHost(options);
    await (await host.fetch('/', post('k', 'kept'))).text();
  }
  await using host = await startHost(options);
  expect(await (await host.fetch('/?key=k')).text()).toBe('[in_memory] kept\n');
});

test('many hosts, one after another, leave no thread, handle or file behind', {
  timeout: 120_000,
}, async () => {
  const once = async (): Promise<void> => {
    await using host = await startHost({ component: handler });
    await (await host.fetch('/?key=k')).text();
  };
  await once();
  const left = async () => ({
    ...(process.platform === 'linux'
      ? {
          threads: (await readdir('/proc/self/task')).length,
          files: (await readdir('/proc/self/fd')).length,
        }
      : {}),
    resources: process.getActiveResourcesInfo().length,
  });
  const before = await left();
  for (let round = 0; round < rounds.hosts; round += 1) await once();
  const after = await left();
  for (const [name, count] of Object.entries(before)) {
    expect(after[name as keyof typeof after], name).toBeLessThanOrEqual(count + 2);
  }
});

test.for<[string, (host: TestHost) => unknown]>([
  ['a request', (host) => host.fetch('/visits')],
  ['a request that was aborted', (host) => abortedFetch(host)],
  ['a bucket that is written', (host) => host.bucket('counters').set('visits', '7')],
  [
    'a restore',
    (host) => host.restore(new Snapshot(new Map([['counters', [['visits', Buffer.from('7')]]]]))),
  ],
])('a reset comes after %s that was not awaited', async ([, begin]) => {
  await using host = await startHost({ component: component('kv-counter') });
  const before = await host.snapshot();
  for (const undo of [() => host.reset(), () => host.restore(before)]) {
    const begun = Promise.resolve(begin(host)).catch(() => {});
    await undo();
    await begun;
    expect(await host.identifiers()).toEqual([]);
  }
});

test('a reset that waits fails where the host is closed', async () => {
  await using host = await startHost({ component: component('kv-counter') });
  host.faults.add({ op: 'increment', delay: '20s' });
  const begun = host.fetch('/visits').catch(String);
  const reset = host.reset().catch(String);
  await sleep(20);
  await host.close();
  expect(await reset).toContain('the host is closed');
  expect(await begun).toContain('the host is closed');
});

test.for(['/hang', '/huge?mib=4'])(
  'a reset waits for an answer that nobody reads, %s, no longer than its timeout',
  async (path) => {
    await using host = await startHost({ component: misbehave, requestTimeout: '300ms' });
    await host.fetch(path);
    const begun = performance.now();
    await host.reset();
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(host.requests()).toEqual([]);
  },
);

async function abortedFetch(host: TestHost): Promise<void> {
  const abort = new AbortController();
  const request = host.fetch('/visits', { signal: abort.signal });
  abort.abort();
  await request;
}
