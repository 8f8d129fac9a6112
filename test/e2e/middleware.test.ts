import { expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';
import { RawClient } from '../support/raw-http.ts';
import { Upstream } from '../support/upstream.ts';

const signed = component('serving/signed', 'signed');
const back = component('wasi-0.3/misbehave-async', 'misbehave-async');

async function project(...dev: readonly string[]): Promise<Project> {
  const lines = ['workload: { allowedHosts: [127.0.0.1, localhost] }', 'dev:', `  component_path: ${signed}`];
  return await Project.create({ '.wash/config.yaml': [...lines, ...dev].join('\n') });
}

test('a middleware of WASI 0.3 hands requests on to the handler of another component', async () => {
  await using files = await project(`  components: [{ name: back, file: ${back} }]`);
  await using kvasi = await KvasiDev.start(['--no-inspector'], { cwd: files.folder });
  const hello = await kvasi.fetch('/hello');
  expect(await hello.text()).toBe('hello');
  expect(hello.headers.get('x-signed-by')).toBe('signed');
  const body = 'x'.repeat(1_000_000);
  const read = await kvasi.fetch('/reads', { method: 'POST', body });
  expect(await read.text()).toBe('1000000 bytes, trailers Ok(None)');
  expect((await kvasi.fetch('/trap')).status).toBe(500);
  expect((await kvasi.fetch('/error')).status).toBe(500);
  expect(await kvasi.text('/hello')).toBe('hello');
});

test('where there is none, a request goes to the server that it names', async () => {
  await using server = await Upstream.http((request, response) => response.end(`for ${request.url}`));
  await using files = await project();
  await using kvasi = await KvasiDev.start(['--no-inspector'], { cwd: files.folder });
  await using client = await RawClient.connect(kvasi.url);
  client.write(`GET /there HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`);
  expect(await client.closed()).toMatch(/^HTTP\/1\.1 200 [\s\S]*x-signed-by: signed[\s\S]*for \/there/);
  await kvasi.until(/GET {3}\/there {2}200 .*send http:\/\/127\.0\.0\.1:\d+\/there/);
});

test('one that names the host itself goes in a circle, and is stopped', async () => {
  await using files = await project();
  await using kvasi = await KvasiDev.start(['--no-inspector'], { cwd: files.folder });
  const answer = await kvasi.fetch('/');
  expect(answer.status).toBe(500);
  await kvasi.until(/loop-detected/);
});
