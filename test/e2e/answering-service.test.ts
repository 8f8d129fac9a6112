import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';
import { RawClient } from '../support/raw-http.ts';

const ticker = component('serving/ticker', 'ticker');
const hello = component('wasi-0.3/hello-async', 'hello-async');

async function start() {
  const project = await Project.create();
  await copyFile(ticker, join(project.folder, 'ticker.wasm'));
  const text = [
    ...['workload: { allowedHosts: ["*.internal"] }', 'dev:', `  component_path: ${hello}`],
    '  service_file: ticker.wasm',
  ];
  await project.write('.wash/config.yaml', text.join('\n'));
  const kvasi = await KvasiDev.start(['--no-inspector'], { cwd: project.folder });
  const close = async (): Promise<void> => {
    await kvasi.stop();
    await project[Symbol.asyncDispose]();
  };
  return { kvasi, project, [Symbol.asyncDispose]: close };
}

/** What the service has counted. */
function countsOf(text: string): { readonly ticks: number; readonly requests: number } {
  const [, ticks, requests] = /^(\d+) ticks, request (\d+)\n$/.exec(text) ?? [];
  return { ticks: Number(ticks), requests: Number(requests) };
}

test('a service that exports the handler of WASI 0.3 answers, in the instance that runs', async () => {
  await using started = await start();
  const { kvasi } = started;
  expect(kvasi.stderr).toMatch(/the service ticker exports the HTTP handler, so it answers requests/);
  const first = countsOf(await kvasi.text('/'));
  expect(first.requests).toBe(1);
  await expect.poll(async () => countsOf(await kvasi.text('/')).ticks).toBeGreaterThan(first.ticks);
  const waiting = Array.from({ length: 20 }, () => kvasi.text('/wait'));
  const counts = (await Promise.all(waiting)).map(countsOf);
  expect(new Set(counts.map(({ ticks }) => ticks > 0))).toEqual(new Set([true]));
  await kvasi.until(/GET {3}\/wait {2}200 /);
});

test('a client that goes away ends its request and not the service', async () => {
  await using started = await start();
  const { kvasi } = started;
  const { requests } = countsOf(await kvasi.text('/'));
  const client = await RawClient.connect(kvasi.url);
  client.write('GET /wait HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(async () => countsOf(await kvasi.text('/')).requests).toBeGreaterThan(requests + 1);
  client.destroy();
  await kvasi.until(/GET {3}\/wait {2}--- .*the client closed the connection/);
  const after = countsOf(await kvasi.text('/'));
  expect(after.requests).toBeGreaterThan(requests + 2);
});

test('one that traps, or ends with an error, is started again, and answers again', async () => {
  await using started = await start();
  const { kvasi } = started;
  const { status } = await kvasi.fetch('/trap');
  expect(status).toBe(500);
  await kvasi.until(/the service ticker trapped: another request ended [\s\S]*started again in 100ms/);
  await expect.poll(async () => (await kvasi.fetch('/')).status).toBe(200);
  expect(kvasi.stderr).toMatch(/^ticker trapped: unreachable/m);
  await kvasi.text('/fail');
  await kvasi.until(/the service ticker ended with an error; it is started again in/);
  await expect.poll(async () => (await kvasi.fetch('/')).status).toBe(200);
  expect(countsOf(await kvasi.text('/')).requests).toBeLessThan(50);
});

test('one that has ended well answers 503, which says so', async () => {
  await using started = await start();
  const { kvasi } = started;
  await kvasi.text('/end');
  await kvasi.until(/the service ticker has ended/);
  const response = await kvasi.fetch('/');
  expect(response.status).toBe(503);
  expect(await response.text()).toMatch(/the service ticker does not run/);
});
