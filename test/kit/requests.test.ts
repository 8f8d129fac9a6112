import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HostError } from '../../host/index.ts';
import { type HostRequest, RequestError, startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';

const misbehave = component('misbehave');
const counter = component('kv-counter');
const handler = component('http-kv-handler');

/** What reading the body of an answer rejects with. */
async function brokenOff(host: TestHost, path: string): Promise<unknown> {
  const response = await host.fetch(path);
  return await response.text().then(
    () => undefined,
    (error: unknown) => error,
  );
}

function causeOf(error: unknown): RequestError {
  expect(error).toBeInstanceOf(TypeError);
  const { cause } = error as TypeError;
  expect(cause).toBeInstanceOf(RequestError);
  expect(cause).toBeInstanceOf(HostError);
  return cause as RequestError;
}

test('an answer that breaks off by a trap says why, with the backtrace and what the guest printed', async () => {
  await using host = await startHost({ component: misbehave });
  const cause = causeOf(await brokenOff(host, '/trap-late'));
  expect(cause.message).toContain('GET /trap-late: the component trapped: unreachable\n    at ');
  expect(cause.message).toContain('misbehave panics in the middle of its answer');
  expect(cause.request.backtrace.join('\n')).toMatch(/misbehave::faults::trap_late.* @ 0x/);
  expect(cause.request.backtrace.join('\n    at ')).toBe(
    /^ {4}at (.*(?:\n {4}at .*)*)/m.exec(cause.message)?.[1],
  );
  expect(cause.backtrace).toBe(cause.request.backtrace);
  expect(cause.request).toBe(host.requests()[0]);
});

test.for([
  ['/hang', 'the component did not answer within 0.5 s'],
  ['/drip?count=2&ms=5000', 'the component did not answer within 0.5 s'],
  ['/drop-body', 'the component dropped the body before it was finished'],
  ['/short-body', 'the body has 9 bytes, its content-length says 100'],
] as const)('an answer of %s breaks off with its reason', async ([path, reason]) => {
  await using host = await startHost({ component: misbehave, requestTimeout: '500ms' });
  const error = await brokenOff(host, path);
  expect(causeOf(error).message.split('\n')[0]).toBe(`GET ${path}: ${reason}`);
  expect(host.requests()).toMatchObject([{ method: 'GET', path, status: 200, reason }]);
});

test('a request that the client gives up rejects with its own reason, also in the middle of the answer', async () => {
  await using host = await startHost({ component: misbehave });
  const reason = new Error('the test had enough');
  const ended = new AbortController();
  const response = await host.fetch('/hang', { signal: ended.signal });
  const read = response.text();
  ended.abort(reason);
  await expect(read).rejects.toBe(reason);
  await expect.poll(() => host.requests()[0]?.reason).toBe('the client closed the connection');
});

test('a host that is closed says so to whoever waits for an answer', async () => {
  const host = await startHost({ component: misbehave });
  const before = host.fetch('/sleep');
  const body = (await host.fetch('/hang')).text();
  const settled = Promise.allSettled([before, body]);
  await host.close();
  for (const { status, reason } of (await settled) as PromiseRejectedResult[]) {
    expect(status).toBe('rejected');
    expect(reason).toMatchObject({ message: expect.stringMatching(/^the host is closed\./) });
  }
});

test('a request is told with its answer, its operations and what it printed', async () => {
  await using host = await startHost({ component: counter });
  await (await host.fetch('/visits?a=b')).text();
  await (await host.fetch('/visits', { method: 'POST' })).text();
  const [first, second]: readonly HostRequest[] = host.requests();
  expect(first).toMatchObject({
    request: 1,
    method: 'GET',
    path: '/visits?a=b',
    status: 200,
    isRefused: false,
  });
  expect(first).toMatchObject({ reason: undefined, backtrace: [], stdout: [], stderr: [] });
  expect(first?.milliseconds).toBeGreaterThan(0);
  expect(first?.operations).toEqual(host.operations());
  expect(first?.operations).toMatchObject([
    { request: 1, op: 'increment', bucket: 'counters', key: 'visits' },
  ]);
  expect(second).toMatchObject({ request: 2, method: 'POST', status: 405, operations: [] });
  await host.reset();
  expect(host.requests()).toEqual([]);
  await (await host.fetch('/visits')).text();
  expect(host.requests()).toMatchObject([{ request: 1, operations: [{ request: 1 }] }]);
  expect(host.operations()).toMatchObject([{ request: 1 }]);
});

test('what a request prints is told by stream and line, whatever others print meanwhile', async () => {
  await using host = await startHost({ component: misbehave });
  const answers = await Promise.all(['/stdio', '/trap', '/stdio'].map((path) => host.fetch(path)));
  for (const answer of answers) await answer.text();
  const lines = ['a line on stdout', 'a line in two parts', 'two lines', 'at once', 'no line end'];
  const stdio = host.requests().filter(({ path }) => path === '/stdio');
  expect(stdio).toHaveLength(2);
  for (const { stdout, stderr } of stdio) expect([stdout, stderr]).toEqual([lines, ['a line on stderr']]);
  const [trap] = host.requests().filter(({ path }) => path === '/trap');
  expect(trap).toMatchObject({ status: 500, reason: 'the component trapped: unreachable', stdout: [] });
  expect(trap?.stderr).toContain('misbehave panics because it was asked to');
  expect(trap?.backtrace.join('\n')).toContain('misbehave::faults::trap');
});

test('of what a request prints the last part is kept', async () => {
  await using host = await startHost({ component: misbehave });
  await (await host.fetch('/print?mib=2')).text();
  const [request] = host.requests();
  const kept = request?.stdout.join('\n').length ?? 0;
  expect(kept).toBeGreaterThan(60 * 1024);
  expect(kept).toBeLessThan(140 * 1024);
  expect((request?.omittedOutput ?? 0) + kept + 1).toBe(2 * 1024 * 1024);
});

test('requests that are refused are told too, and their answers end', async () => {
  await using host = await startHost({
    component: misbehave,
    limits: { concurrentRequests: 1, queuedRequests: 1, headSize: '16KiB' },
  });
  const wrongHost = await host.fetch('/a?b', { headers: { host: 'no host' } });
  expect([wrongHost.status, await wrongHost.text()]).toEqual([400, expect.stringContaining('host')]);
  const longHead = await host.fetch('/long', { method: 'PUT', headers: { x: 'x'.repeat(20_000) } });
  expect([longHead.status, await longHead.text()]).toEqual([431, expect.stringContaining('16KiB')]);
  const ended = new AbortController();
  const waiting = ['/sleep', '/sleep', '/sleep'].map((path) => host.fetch(path, { signal: ended.signal }));
  const refused = await Promise.race(waiting);
  expect([refused.status, await refused.text()]).toEqual([503, expect.any(String)]);
  expect(host.requests()).toMatchObject([
    { method: 'GET', path: '/a?b', status: 400, isRefused: true, reason: expect.stringContaining('host') },
    { method: 'PUT', path: '/long', status: 431, isRefused: true, reason: expect.stringContaining('16KiB') },
    { method: 'GET', path: '/sleep', status: 503, isRefused: true, reason: expect.any(String) },
  ]);
  ended.abort();
  await Promise.allSettled(waiting);
});

test('requests over a port are told as well', async () => {
  await using host = await startHost({ component: handler });
  const url = await host.listen('127.0.0.1:0');
  await (await fetch(`${url}/?key=k`)).text();
  await expect.poll(() => host.requests()).toMatchObject([{ path: '/?key=k', status: 404 }]);
});

test('a body that was not read before a reset can be read after it', async () => {
  await using host = await startHost({ component: misbehave });
  const response = await host.fetch('/drip?count=3&ms=20');
  await host.reset();
  expect(await response.text()).toBe('1\n2\n3\n');
  await sleep(10);
  expect(host.requests()).toEqual([]);
});

test('a thousand requests are all told', async () => {
  await using host = await startHost({ component: counter });
  for (let count = 0; count < 1000; count += 1) await (await host.fetch(`/${count}`)).text();
  expect(host.requests().map(({ path }) => path)).toEqual(
    [...Array(1000).keys()].map((count) => `/${count}`),
  );
});

test('a request whose body has not begun is answered from its head, or in time', async () => {
  await using host = await startHost({ component: component('hello'), requestTimeout: 500 });
  const { readable } = new TransformStream<Uint8Array, Uint8Array>();
  const init: RequestInit = { method: 'POST', body: readable, duplex: 'half' };
  expect(await (await host.fetch('/', init)).text()).toBe('Hello, world!\n');
  await using reading = await startHost({ component: handler, requestTimeout: 500 });
  const { readable: other } = new TransformStream<Uint8Array, Uint8Array>();
  expect((await reading.fetch('/', { ...init, body: other })).status).toBe(408);
  await reading.reset();
});
