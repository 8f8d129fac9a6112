import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { isInstalled, redisServer, Server } from '../support/server.ts';

/** What browsers send. */
const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('when the component fails', () => {
  let kvasi: KvasiDev;
  beforeAll(async () => {
    kvasi = await KvasiDev.start([component('misbehave'), '--request-timeout', '1s']);
  });
  afterAll(() => kvasi[Symbol.asyncDispose]());

  test('a browser gets a page with the reason, the request and the backtrace', async () => {
    const response = await kvasi.fetch('/trap?a=1', { headers: browser });
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await response.text();
    expect(page).toMatch(/<h1>The component trapped: .*unreachable/);
    expect(page).toContain('<code>GET /trap?a=1</code>');
    expect(page).toMatch(/<pre>.*misbehave::faults::trap @ 0x/s);
    expect(page).not.toMatch(/<script|https?:\/\//);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test.for([
    ['/sleep', 504, /did not answer within 1 s/],
    ['/drop-outparam', 500, /without setting an answer/],
  ] as const)('%s: the page says why', async ([path, status, reason]) => {
    const response = await kvasi.fetch(path, { headers: browser });
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(reason);
  });

  test.for([
    ['curl', { accept: '*/*' }],
    ['a program', { accept: 'application/json' }],
  ] as const)('%s gets text', async ([, headers]) => {
    const response = await kvasi.fetch('/trap', { headers });
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toMatch(/^the component trapped: .*unreachable.*\n$/);
  });

  test('what the component answers itself is left alone', async () => {
    const response = await kvasi.fetch('/status/500', { headers: browser });
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('500\n');
  });
});

test('the page and the terminal show the last keyvalue operations, whatever is in them', async () => {
  await using kvasi = await KvasiDev.start([component('kv-probe', 'kv-probe-draft2')]);
  const operations = [
    { operation: 'set', bucket: 'b', key: '<img src="x">&', value: btoa('value') },
    { operation: 'get', bucket: 'b', key: 'nothing' },
    { operation: 'trap' },
  ];
  const response = await kvasi.fetch('/sequence', {
    method: 'POST',
    headers: browser,
    body: JSON.stringify(operations),
  });
  const page = await response.text();
  expect(page).not.toContain('<img');
  expect(page).toContain('b/&lt;img src=&quot;x&quot;&gt;&amp;');
  expect(page).toMatch(/<td>get<\/td><td>b\/nothing<\/td><td>miss<\/td>/);
  await kvasi.until(/while it answered POST \/sequence, after[\s\S]*get .*b\/nothing +miss .*ms/);
  expect(kvasi.stderr).toMatch(/set +b\/<img src="x">& +5 B +[\d.]+ ms/);
});

const hasRedis = await isInstalled(redisServer);

test.runIf(hasRedis)('the page of a request that was given up shows what it did before', async () => {
  await using redis = await Server.start(redisServer);
  const url = `redis://127.0.0.1:${redis.port}`;
  await using kvasi = await KvasiDev.start([
    component('http-kv-handler'),
    '--request-timeout',
    '1s',
    '--backend',
    url,
  ]);
  expect((await kvasi.fetch('/?key=k')).status).toBe(404);
  await redis.freeze(true);
  const response = await kvasi.fetch('/?key=k', { headers: browser });
  await redis.freeze(false);
  expect(response.status).toBe(504);
  const page = await response.text();
  expect(page).toMatch(/did not answer within 1 s/);
  expect(page).toMatch(/open.*in_memory/s);
});
