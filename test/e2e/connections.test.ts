import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readAnswers } from '../support/answers.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { RawClient } from '../support/raw-http.ts';

const misbehave = component('misbehave');
const mebibyte = 1024 * 1024;

describe('connections', () => {
  test('one that sends nothing is closed, and one whose head is late is told so', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--limit', 'headTimeout=500ms']);
    await using silent = await RawClient.connect(kvasi.url);
    await using slow = await RawClient.connect(kvasi.url);
    slow.write('GET / HTTP/1.1\r\nHost: a\r\n');
    expect(await silent.closed()).toBe('');
    expect(await slow.closed()).toMatch(/^HTTP\/1\.1 408 [\s\S]*did not come within 0\.5 s/);
    await kvasi.until(/refused {2}408/);
  });

  test('one that goes on trickling a head that was too late is not read for long', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--limit', 'headTimeout=500ms']);
    await using slow = await RawClient.connect(kvasi.url);
    slow.pause();
    slow.write('GET / HTTP/1.1\r\n');
    const started = performance.now();
    const trickling = setInterval(() => slow.write('x: 1\r\n'), 200);
    await slow.closed();
    clearInterval(trickling);
    expect(performance.now() - started).toBeLessThan(4500);
  });

  test('many silent ones that come at once keep nobody out', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--limit', 'connections=20']);
    const silent = await Promise.all(Array.from({ length: 40 }, () => RawClient.connect(kvasi.url)));
    await sleep(100);
    await using client = await RawClient.connect(kvasi.url);
    client.write('GET /leak HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => client.received).toMatch(/^HTTP\/1\.1 200 /);
    for (const one of silent) one.destroy();
  });

  test('one that is not used again is closed', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--limit', 'idleTimeout=300ms']);
    await using client = await RawClient.connect(kvasi.url);
    client.write('GET /leak HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('one whose client does not read is given up as one whose guest does nothing', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '1s']);
    await using client = await RawClient.connect(kvasi.url);
    client.pause();
    client.write('GET /huge?mib=64 HTTP/1.1\r\nHost: a\r\n\r\n');
    await kvasi.until(/GET {3}\/huge\?mib=64 {2}200 .* within 1 s/);
  });

  test.for(['connections', 'connectionsPerAddress'])(
    'at the limit of %s the one that has been idle longest makes room',
    async (name) => {
      await using kvasi = await KvasiDev.start([misbehave, '--limit', `${name}=3`]);
      const clients: RawClient[] = [];
      for (let count = 0; count < 3; count += 1) {
        const client = await RawClient.connect(kvasi.url);
        clients.push(client);
        client.write('GET /leak HTTP/1.1\r\nHost: a\r\n\r\n');
        await expect.poll(() => client.received).toMatch(/^HTTP\/1\.1 200 /);
      }
      await using last = await RawClient.connect(kvasi.url);
      last.write('GET /leak HTTP/1.1\r\nHost: a\r\n\r\n');
      await expect.poll(() => last.received).toMatch(/^HTTP\/1\.1 200 /);
      const [first, second] = clients;
      await first?.closed();
      second?.write('GET /leak HTTP/1.1\r\nHost: a\r\n\r\n');
      await expect.poll(() => second?.received.match(/ 200 /g)?.length).toBe(2);
      for (const client of clients) client.destroy();
    },
  );

  test('where all are in use a new one is refused, and told', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--limit', 'connections=2']);
    const waiting = await Promise.all([RawClient.connect(kvasi.url), RawClient.connect(kvasi.url)]);
    for (const client of waiting) client.write('GET /sleep?ms=2000 HTTP/1.1\r\nHost: a\r\n\r\n');
    await using refused = await RawClient.connect(kvasi.url);
    expect(await refused.closed()).toMatch(/^HTTP\/1\.1 503 [\s\S]*dev\.limits\.connections/);
    await kvasi.until(/refused {2}503/);
    for (const client of waiting) {
      await expect.poll(() => client.received, { timeout: 5000 }).toMatch(/awake/);
      client.destroy();
    }
  });
});

describe('a body that the component does not read', () => {
  const head = 'POST /sleep HTTP/1.1\r\nHost: a\r\nContent-Length: 67108864\r\n\r\n';

  test('is read ahead as far as 16 MiB, and a client that breaks off behind that is noticed', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    await using client = await RawClient.connect(kvasi.url);
    client.write(head);
    let sent = 0;
    const part = 'x'.repeat(64 * 1024);
    const send = async (): Promise<void> => {
      for (; sent < 64 * mebibyte; sent += part.length) {
        client.write(part);
        await client.taken();
      }
    };
    send();
    await expect.poll(() => sent, { timeout: 15_000 }).toBeGreaterThan(16 * mebibyte);
    await sleep(3000);
    // The rest is what the system keeps.
    expect(sent).toBeLessThan(40 * mebibyte);
    expect(kvasi.stdout).not.toContain('POST');
    client.reset();
    await kvasi.until(/POST {2}\/sleep .*the client closed the connection/);
  });

  test('is whole when it is read at last', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    await using client = await RawClient.connect(kvasi.url);
    const numbers = Array.from({ length: 1_000_000 }, (_, index) => String(index).padStart(8, '0')).join('');
    client.pause();
    client.write(`POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 8000000\r\n\r\n`);
    for (let at = 0; at < numbers.length; at += 50_000) client.write(numbers.slice(at, at + 50_000));
    // The component waits for the client to read what it gets back.
    await sleep(3500);
    client.resume();
    const { answers } = readAnswers(await client.closed(), ['POST'], true);
    expect(answers.map(({ body }) => body === numbers)).toEqual([true]);
  });
});

describe('requests', () => {
  test('more than may be worked on at once wait, and more than may wait are refused', async () => {
    const limits = ['--limit', 'concurrentRequests=2', '--limit', 'queuedRequests=3'];
    await using kvasi = await KvasiDev.start([misbehave, ...limits]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => kvasi.fetch('/sleep?ms=300')));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 200, 200, 200, 503, 503, 503]);
    const refused = answers.find(({ status }) => status === 503);
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect(await refused?.text()).toMatch(
      /the component is busy, and 3 requests wait for it already; try again/,
    );
  });

  test('under a burst whoever has waited too long is refused within a second, and others are answered', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const started = performance.now();
    const ended = await Promise.all(
      Array.from({ length: 400 }, async () => {
        const { status } = await kvasi.fetch('/compute?ms=10');
        return { status, milliseconds: performance.now() - started };
      }),
    );
    const refused = ended.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(100);
    expect(ended.filter(({ status }) => status === 200).length).toBeGreaterThan(20);
    expect(Math.max(...refused.map(({ milliseconds }) => milliseconds))).toBeLessThan(3000);
    expect((await kvasi.fetch('/leak')).status).toBe(200);
  });

  test('a burst of sixty-four is served, however long it takes', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const answers = await Promise.all(Array.from({ length: 64 }, () => kvasi.fetch('/compute?ms=30')));
    expect(answers.map(({ status }) => status)).toEqual(new Array(64).fill(200));
  });

  test('operations are progress: a request that makes them is not given up', async () => {
    await using kvasi = await KvasiDev.start([
      component('kv-probe', 'kv-probe-draft2'),
      '--request-timeout',
      '8s',
    ]);
    const operations = Array.from({ length: 60_000 }, () => ({
      operation: 'set',
      bucket: 'b',
      key: 'k',
      value: 'dg==',
    }));
    const response = await kvasi.fetch('/sequence', { method: 'POST', body: JSON.stringify(operations) });
    expect(response.status).toBe(200);
  });
});
