import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';

test.for(['http-kv-handler', 'http-kv-wstd'])(
  '%s: the curls of the guide give the guide’s answers',
  async (name) => {
    await using kvasi = await KvasiDev.start([component(name)]);
    const stored = await kvasi.fetch('/', { method: 'POST', body: '{"key":"mykey","value":"myvalue"}' });
    expect(stored.status).toBe(200);
    expect((await stored.text()).trimEnd()).toBe("[in_memory] Stored 'mykey'");
    expect((await kvasi.text('/?key=mykey')).trimEnd()).toBe('[in_memory] myvalue');
    const missing = await kvasi.fetch('/?key=missing');
    expect(missing.status).toBe(404);
    expect((await missing.text()).trimEnd()).toBe("[in_memory] Key 'missing' not found");
  },
);

test.for(['http-kv-handler', 'http-kv-wstd'])('%s: what can not be answered is refused', async (name) => {
  await using kvasi = await KvasiDev.start([component(name)]);
  expect((await kvasi.fetch('/')).status).toBe(400);
  expect((await kvasi.fetch('/', { method: 'POST', body: 'no json' })).status).toBe(400);
  expect((await kvasi.fetch('/', { method: 'POST', body: '{"key":"mykey"}' })).status).toBe(400);
  for (const method of ['PUT', 'DELETE', 'PATCH'])
    expect((await kvasi.fetch('/', { method, body: '{}' })).status, method).toBe(405);
  expect((await kvasi.fetch('/?key=mykey')).status, 'nothing was stored').toBe(404);
});

test('workers-kv does what the tutorial does', async () => {
  await using kvasi = await KvasiDev.start([component('workers-kv')]);
  expect(await kvasi.text('/foo')).toBe('""');
  expect((await kvasi.fetch('/foo?value=bar', { method: 'PUT' })).status).toBe(200);
  expect(await kvasi.text('/foo')).toBe('"bar"');
  expect((await kvasi.fetch('/foo?value=n%C3%A4chster', { method: 'PUT' })).status).toBe(200);
  expect(await kvasi.text('/foo')).toBe('"nächster"');
  for (const method of ['POST', 'DELETE']) expect((await kvasi.fetch('/foo', { method })).status).toBe(400);
});

test('kv-counter counts every request once, each name apart', async () => {
  await using kvasi = await KvasiDev.start([component('kv-counter')]);
  const counts = await Promise.all(Array.from({ length: 50 }, () => kvasi.text('/visits')));
  const sorted = counts.map(Number).toSorted((a, b) => a - b);
  expect(sorted).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(await kvasi.text('/other')).toBe('1\n');
  expect((await kvasi.fetch('/visits', { method: 'POST' })).status).toBe(405);
  expect(await kvasi.text('/visits'), 'what is refused does not count').toBe('51\n');
});

test('a line for each request names the operations that it did', async () => {
  await using kvasi = await KvasiDev.start([component('http-kv-handler')]);
  await kvasi.text('/', { method: 'POST', body: '{"key":"mykey","value":"myvalue"}' });
  await kvasi.text('/?key=missing');
  await kvasi.until(/GET {2}.*missing.*\n/);
  expect(kvasi.stdout).toMatch(
    /POST {2}\/ {2}200 {2}[\d.]+ ms {2}open in_memory [\d.]+ ms, set in_memory\/mykey [\d.]+ ms/,
  );
  expect(kvasi.stdout).toMatch(/GET {3}\/\?key=missing {2}404 {2}.*get in_memory\/missing miss/);
});
