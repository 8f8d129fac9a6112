import { expect, test } from 'vitest';
import { startHost } from '../../host/testing.ts';
import '../../host/vitest.ts';
import { component } from '../support/kvasi-process.ts';

const misbehave = component('misbehave');
const counter = component('kv-counter');
const handler = component('http-kv-handler');

/** The message of what a matcher rejects or throws. */
async function messageOf(check: () => unknown): Promise<string> {
  try {
    await check();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the matcher holds');
}

test('toHaveStatus shows why, where, and what the guest printed', async () => {
  await using host = await startHost({ component: misbehave });
  const response = await host.fetch('/trap');
  const message = await messageOf(() => expect(response).toHaveStatus(200));
  expect(message).toContain('the answer has status 500: the component trapped: unreachable');
  expect(message).toMatch(/GET \/trap {2}500 {2}[\d.]+ ms {2}\(the component trapped: unreachable\)/);
  expect(message).toMatch(/\n {4}at .*misbehave::faults::trap.* @ 0x/);
  expect(message).toContain('  it printed to stderr:\n    panicked at misbehave');
  expect(message).toContain('    misbehave panics because it was asked to');
});

test('toHaveStatus shows the operations, and the body also when it was read already', async () => {
  await using host = await startHost({ component: counter });
  host.faults.add({ op: 'increment', error: 'other', message: 'the disk is full' });
  const response = await host.fetch('/visits');
  const body = await response.text();
  const message = await messageOf(() => expect(response).toHaveStatus(200));
  expect(message).toContain(`the answer has status 500: ${body.trimEnd()}`);
  expect(message).toContain('increment counters/visits failed: the disk is full');
});

test('toHaveStatus of an answer that does not end says so and does not wait for it', async () => {
  await using host = await startHost({ component: misbehave });
  const response = await host.fetch('/hang');
  const started = performance.now();
  const message = await messageOf(() => expect(response).toHaveStatus(404));
  expect(message).toContain('the answer has status 200: the first part');
  expect(message).toContain('the request has not ended');
  expect(performance.now() - started).toBeLessThan(3000);
});

test('toHaveStatus takes any answer of the web platform', async () => {
  const message = await messageOf(() => expect(new Response('a body', { status: 404 })).toHaveStatus(200));
  expect(message).toContain('the answer has status 404: a body');
  const answer = new Response('', { status: 404 });
  await expect(answer).toHaveStatus(404);
  expect(await messageOf(() => expect(answer).not.toHaveStatus(404))).toContain('has status 404');
});

test('toHaveOperation lists the operations that were made', async () => {
  await using host = await startHost({ component: counter });
  const none = await messageOf(() => expect(host).toHaveOperation({ op: 'get' }));
  expect(none).toContain('the component made no such operation: {"op":"get"}');
  expect(none).toContain('it made none, and no request has ended');
  for (let count = 0; count < 30; count += 1) await (await host.fetch(`/visits-${count}`)).text();
  const many = await messageOf(() => expect(host).toHaveOperation({ op: 'get', bucket: 'counters' }));
  expect(many).toContain(
    'it made 30, the last 20 of them:\n  request 11  GET /visits-10  increment counters/visits-10',
  );
  expect(many).toContain('  request 30  GET /visits-29  increment counters/visits-29');
  expect(many).not.toContain('visits-9\n');
  const made = await messageOf(() => expect(host).not.toHaveOperation({ op: 'increment', key: 'visits-3' }));
  expect(made).toContain('request 4  GET /visits-3  increment counters/visits-3');
});

test('toHaveOperation says what became of requests that made none', async () => {
  await using host = await startHost({ component: misbehave });
  await (await host.fetch('/trap')).text();
  const message = await messageOf(() => expect(host).toHaveOperation({ op: 'get' }));
  expect(message).toContain('it made none in 1 request:\n  GET /trap  500');
  expect(message).toContain('the component trapped: unreachable');
});

test('toHaveEntry names the buckets that there are, and the nearest', async () => {
  await using host = await startHost({ component: counter });
  const nothing = await messageOf(() => expect(host).toHaveEntry('countrs', 'visits', '1'));
  expect(nothing).toContain('bucket "countrs", key "visits": there is no value, expected "1"');
  expect(nothing).toContain('Bucket "countrs" is empty, and so are all others.');
  await (await host.fetch('/visits')).text();
  await host.bucket('other').set('k', 'v');
  for (let round = 0; round < 2; round += 1) {
    const message = await messageOf(() => expect(host).toHaveEntry('countrs', 'visits', '1'));
    expect(message).toContain('Bucket "countrs" is empty. Did you mean "counters"?');
    expect(message).toContain('There are: "counters" (1 key), "other" (1 key)');
  }
});

test('toHaveEntry names the keys of the bucket, and the nearest', async () => {
  await using host = await startHost({ component: handler });
  for (let count = 0; count < 100; count += 1) await host.bucket('carts').set(`cart-${count}`, 'x');
  const missing = await messageOf(() => expect(host).toHaveEntry('carts', 'crt-7'));
  expect(missing).toContain('bucket "carts", key "crt-7": there is no value');
  expect(missing).toContain('Did you mean "cart-7"?');
  expect(missing).toContain('It has 100 keys: "cart-0", "cart-1"');
  expect(missing.length).toBeLessThan(1500);
  await host.bucket('carts').set('long', 'y'.repeat(100_000));
  const long = await messageOf(() => expect(host).toHaveEntry('carts', 'long', 'z'));
  expect(long).toContain('(100,000 characters)');
  expect(long.length).toBeLessThan(2000);
});
