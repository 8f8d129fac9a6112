import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startHost } from '../../host/testing/start-host.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { getWithTrailers, RawClient } from '../support/raw-http.ts';

const misbehave = component('wasi-0.3/misbehave-async', 'misbehave-async');
const mebibyte = 1024 * 1024;

describe('a handler of WASI 0.3', () => {
  test('answers', async () => {
    await using kvasi = await KvasiDev.start([component('wasi-0.3/hello-async', 'hello-async')]);
    expect(await kvasi.text('/')).toBe('Hello, world!\n');
  });

  test('stores and reads values, as the guide does', async () => {
    await using kvasi = await KvasiDev.start([component('wasi-0.3/http-kv-async', 'http-kv-async')]);
    const stored = await kvasi.fetch('/', { method: 'POST', body: '{"key":"mykey","value":"myvalue"}' });
    expect(await stored.text()).toBe("[in_memory] Stored 'mykey'\n");
    expect(await kvasi.text('/?key=mykey')).toBe('[in_memory] myvalue\n');
    expect((await kvasi.fetch('/?key=missing')).status).toBe(404);
    expect((await kvasi.fetch('/', { method: 'POST', body: 'no json' })).status).toBe(400);
    expect((await kvasi.fetch('/', { method: 'PUT', body: '{}' })).status).toBe(405);
  });

  test('sends back what comes as it comes, however long it is', async () => {
    await using kvasi = await KvasiDev.start([component('wasi-0.3/http-kv-async', 'http-kv-async')]);
    const body = new Uint8Array(10 * mebibyte).map((_, index) => index % 251);
    const echoed = await kvasi.fetch('/echo', { method: 'POST', body });
    expect(Buffer.compare(Buffer.from(await echoed.arrayBuffer()), body)).toBe(0);
    await using client = await RawClient.connect(kvasi.url);
    client.write('POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfirs\r\n');
    await expect.poll(() => client.received).toContain('firs');
    client.write('3\r\nend\r\n0\r\n\r\n');
    await expect.poll(() => client.received).toMatch(/end\r\n0\r\n\r\n$/);
  });

  test('sees the request as it is', async () => {
    await using host = await startHost({ component: misbehave });
    expect(await (await host.fetch('/request', { headers: { 'x-test': '1' } })).text()).toBe(
      'GET http true true true',
    );
    const read = await host.fetch('/reads', { method: 'POST', body: 'x'.repeat(100_000) });
    expect(await read.text()).toBe('100000 bytes, trailers Ok(None)');
  });

  test('finds a fresh instance for each request, also after others have waited, trapped or gone on', async () => {
    await using host = await startHost({ component: misbehave });
    const paths = [
      '/count',
      '/wait?ms=5',
      '/trap',
      '/goes-on?ms=5',
      '/cancel',
      '/waits?count=20',
      '/block?ms=5',
    ];
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          const path = paths[index % paths.length] ?? '/count';
          const answer = await host.fetch(path);
          const text = await answer.text();
          if (path === '/count') expect(text).toBe('1');
        }),
      );
    }
    expect(await (await host.fetch('/count')).text()).toBe('1');
  });

  test('waits, for many things at once, and breaks off what it does not want any more', async () => {
    await using host = await startHost({ component: misbehave });
    expect(await (await host.fetch('/wait?ms=30')).text()).toBe('waited');
    expect(await (await host.fetch('/waits?count=1000')).text()).toBe('499500');
    expect(await (await host.fetch('/cancel')).text()).toBe('cancelled');
    expect(await (await host.fetch('/yield?times=100')).text()).toBe('yielded');
    expect(await (await host.fetch('/block?ms=20')).text()).toBe('blocked');
  });

  test('goes on after its answer, and its output belongs to the request', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    expect(await kvasi.text('/goes-on?ms=30')).toBe('answered');
    await kvasi.until(/\[misbehave-async\] went on/);
    expect(await kvasi.text('/print')).toBe('printed');
    await kvasi.until(/\[misbehave-async\] printed/);
  });

  test('streams its answer, with trailers or an error behind it', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    expect(await kvasi.text('/drip?count=3&ms=20')).toBe('0\n1\n2\n');
    expect(await kvasi.text('/no-trailers')).toBe('');
    const { body, trailers } = await getWithTrailers(`${kvasi.url}/trailers`);
    expect([body, trailers]).toEqual(['content', { 'x-checksum': 'abc' }]);
    await expect(kvasi.text('/broken')).rejects.toThrow();
    await kvasi.until(/\/broken .*internal-error/);
  });

  test('gets the errors of fields and statuses', async () => {
    await using host = await startHost({ component: misbehave });
    expect(await (await host.fetch('/headers')).text()).toBe('true true true Ok(1) false');
    expect((await host.fetch('/status?code=418')).status).toBe(418);
    expect(await (await host.fetch('/status?code=42')).text()).toBe('refused');
    expect((await host.fetch('/status?code=100')).status).toBe(500);
    expect((await host.fetch('/error')).status).toBe(500);
  });

  test('sends no request that goes nowhere', async () => {
    await using host = await startHost({ component: misbehave });
    expect(await (await host.fetch('/outgoing')).text()).toBe('Some(ErrorCode::HttpRequestUriInvalid)');
  });

  test('lives by the clock and the chance of a test', async () => {
    const clock = new Date('2026-01-01T00:00:00Z');
    await using host = await startHost({ component: misbehave, clock, seed: 7 });
    expect(await (await host.fetch('/clock')).text()).toBe(`${clock.getTime() / 1000}.000000000`);
    const first = await (await host.fetch('/random')).text();
    const waiting = host.fetch('/wait?ms=3600000');
    await sleep(20);
    host.clock.advance('1h');
    expect(await (await waiting).text()).toBe('waited');
    await using other = await startHost({ component: misbehave, seed: 7 });
    expect(await (await other.fetch('/random')).text()).toBe(first);
    await other.reset();
    expect(await (await other.fetch('/random')).text()).toBe(first);
  });
});

describe('a handler of WASI 0.3 that misbehaves', () => {
  test('traps before or after its answer, and nobody else notices', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    expect((await kvasi.fetch('/trap')).status).toBe(500);
    await kvasi.until(/while it answered GET \/trap\n/);
    expect(await kvasi.text('/trap-later')).toBe('before the trap');
    await kvasi.until(/while it answered GET \/trap-later/);
    expect(await kvasi.text('/hello')).toBe('hello');
  });

  test('loops, and is given up', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '3s']);
    const looping = kvasi.fetch('/loop');
    expect(await kvasi.text('/hello')).toBe('hello');
    expect((await looping).status).toBe(504);
  });

  test('waits for longer than it may, and its instance serves the next', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '300ms']);
    for (const path of ['/wait?ms=60000', '/block?ms=60000']) {
      expect((await kvasi.fetch(path)).status, path).toBe(504);
    }
    expect(await kvasi.text('/count')).toBe('1');
  });

  test('is ended when its client goes away in the middle', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    for (const path of ['/endless', '/drip?count=1000&ms=20', '/wait?ms=60000']) {
      await using client = await RawClient.connect(kvasi.url);
      client.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await sleep(100);
      client.reset();
      await kvasi.until(
        new RegExp(`GET {3}${path.replaceAll(/[?&]/g, '\\$&')} .*the client closed the connection`),
      );
    }
    expect(await kvasi.text('/count')).toBe('1');
  });
});
