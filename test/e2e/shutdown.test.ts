import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-process.ts';
import { RawClient } from '../support/raw-http.ts';

const misbehave = component('misbehave');

/** Resolves when new connections are refused. */
async function refusesConnections(kvasi: KvasiDev): Promise<void> {
  const attempt = () =>
    kvasi.fetch('/leak').then(
      () => 'answered',
      () => 'refused',
    );
  await expect.poll(attempt).toBe('refused');
}

test('Ctrl-C answers what is under way, takes nothing new and exits 0', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  const slow = kvasi.fetch('/sleep?ms=500');
  // What was sent before is under way when this is answered.
  await kvasi.text('/leak');
  kvasi.signal('SIGINT');
  await refusesConnections(kvasi);
  const response = await slow;
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('awake\n');
  expect(await kvasi.ended).toBe(0);
  expect(kvasi.stdout).toMatch(/GET {3}\/sleep\?ms=500 {2}200/);
});

test.for(['SIGINT', 'SIGTERM'] as const)('%s lets an answer that has begun arrive whole', async (signal) => {
  await using kvasi = await KvasiDev.start([misbehave]);
  const response = await kvasi.fetch('/drip?count=6&ms=80');
  kvasi.signal(signal);
  expect(await response.text()).toBe('1\n2\n3\n4\n5\n6\n');
  expect(await kvasi.ended).toBe(0);
  expect(kvasi.stderr).toBe('');
});

test('Ctrl-C waits for an endless loop no longer than its timeout', async () => {
  await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '2s']);
  const loop = kvasi.fetch('/loop');
  await kvasi.until(/keeps its thread busy/);
  kvasi.signal('SIGINT');
  expect((await loop).status).toBe(504);
  expect(await kvasi.ended).toBe(0);
});

test('connections on which nothing happens do not hold Ctrl-C up', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  await using silent = await RawClient.connect(kvasi.url);
  await using idle = await RawClient.connect(kvasi.url);
  idle.write('GET /leak HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => idle.received).toMatch(/\r\n\r\n1\n$/);
  const started = performance.now();
  kvasi.signal('SIGINT');
  expect(await kvasi.ended).toBe(0);
  expect(performance.now() - started).toBeLessThan(2000);
  await silent.closed();
});

test.for([
  ['its head', 'GET /leak HT'],
  ['a small upload', 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'],
  ['a large upload', 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc'],
] as const)(
  'a client that stops in the middle of %s holds Ctrl-C up no longer than the timeout',
  async ([, sent]) => {
    await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '1s']);
    await using client = await RawClient.connect(kvasi.url);
    client.write(sent);
    await kvasi.text('/leak');
    kvasi.signal('SIGINT');
    const tooLong = new Promise((resolve) => setTimeout(() => resolve('still running'), 6000).unref());
    expect(await Promise.race([kvasi.ended, tooLong])).toBe(0);
  },
);

describe('a client that leaves while the component does not read its body', () => {
  const length = (bytes: number) => `Content-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;
  const post = (path: string, body: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\n${body}`;
  test.for([
    ['100 KB', post('/sleep', length(100_000)), 'destroy'],
    ['4 MB', post('/sleep', length(4_000_000)), 'destroy'],
    ['4 MB, and crashes', post('/sleep', length(4_000_000)), 'reset'],
    [
      '4 MB in a chunk',
      post('/sleep', `Transfer-Encoding: chunked\r\n\r\n3D0900\r\n${'x'.repeat(4_000_000)}\r\n`),
      'destroy',
    ],
    [
      '4 MB behind a request without one',
      `GET /sleep HTTP/1.1\r\nHost: a\r\n\r\n${post('/leak', length(4_000_000))}`,
      'destroy',
    ],
  ] as const)('of %s does not hold Ctrl-C up', async ([, sent, leave]) => {
    await using kvasi = await KvasiDev.start([misbehave]);
    await using client = await RawClient.connect(kvasi.url);
    client.write(sent);
    // The system takes no more, or everything.
    await sleep(300);
    client[leave]();
    const started = performance.now();
    kvasi.signal('SIGTERM');
    expect(await kvasi.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(8000);
    expect(kvasi.stdout).toMatch(/\/sleep .*the client closed the connection/);
  });
});

test('a client that stops in the middle of a small upload is given up after the timeout', async () => {
  await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '1s']);
  await using client = await RawClient.connect(kvasi.url);
  client.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
  const tooLong = new Promise((resolve) => setTimeout(() => resolve('still open'), 6000).unref());
  expect(await Promise.race([client.closed(), tooLong])).not.toBe('still open');
});

test('a second Ctrl-C exits at once', async () => {
  const times: number[] = [];
  // One of three, because another process may have the processor.
  for (let attempt = 0; attempt < 3 && Math.min(...times) > 200; attempt += 1) {
    await using kvasi = await KvasiDev.start([misbehave]);
    const hanging = kvasi.fetch('/sleep').catch(() => {});
    await kvasi.text('/leak');
    kvasi.signal('SIGINT');
    await refusesConnections(kvasi);
    const started = performance.now();
    kvasi.signal('SIGINT');
    expect(await kvasi.ended).toBe(130);
    times.push(performance.now() - started);
    await hanging;
  }
  expect(Math.min(...times)).toBeLessThan(200);
});

test('a reader of the output that goes away is no reason for a stack trace', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  kvasi.closeStdout();
  // Each request prints a line. The host may go on or end; it must not break down.
  for (let count = 0; count < 3; count += 1) await kvasi.fetch('/leak').catch(() => {});
  kvasi.signal('SIGINT');
  await kvasi.ended;
  expect(kvasi.stderr).not.toMatch(/^\s+at |EPIPE/m);
});
