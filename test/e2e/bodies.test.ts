import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-process.ts';
import { hasProcessStats, peakMemory } from '../support/process-stats.ts';
import { RawClient } from '../support/raw-http.ts';

const misbehave = component('misbehave');
const mostMemory = 400 * 1024 * 1024;

/** Sends a body as it is made and compares what comes back; answers nothing that could fill the memory. */
async function expectEcho(kvasi: KvasiDev, path: string, size: number): Promise<void> {
  const sent = createHash('sha256');
  const block = randomBytes(1_000_000);
  async function* blocks() {
    for (let at = 0; at < size; at += block.length) {
      block.writeUInt32LE(at, 0);
      sent.update(block);
      yield Buffer.from(block);
    }
  }
  const response = await kvasi.fetch(path, {
    method: 'POST',
    body: Readable.toWeb(Readable.from(blocks())) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  const received = createHash('sha256');
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    received.update(chunk);
    length += chunk.length;
  }
  expect(length).toBe(size);
  expect(received.digest('hex')).toBe(sent.digest('hex'));
}

async function expectBoundedMemory(kvasi: KvasiDev, after: string): Promise<void> {
  if (!hasProcessStats) return;
  const peak = await peakMemory(kvasi.pid);
  console.log(`peak memory of the host after ${after}: ${Math.round(peak / 1024 / 1024)} MiB`);
  expect(peak).toBeLessThan(mostMemory);
}

test('100 MB go through and come back byte for byte, in bounded memory', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  await expectEcho(kvasi, '/echo', 100_000_000);
  await expectBoundedMemory(kvasi, '100 MB through /echo');
});

test('an answer of 300 MiB waits for a client that does not read', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  await using client = await RawClient.connect(kvasi.url);
  client.pause();
  client.write('GET /huge?mib=300 HTTP/1.1\r\nHost: a\r\n\r\n');
  // Time enough for a host that does not wait to take all of it.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await expectBoundedMemory(kvasi, 'an answer that nobody reads');
  expect(kvasi.stdout, 'it is under way').not.toContain('/huge');
  expect(await kvasi.text('/leak')).toBe('1\n');
  client.destroy();
  await kvasi.until(/GET {3}\/huge.*the client closed the connection/);
});

describe('with one host', () => {
  let kvasi: KvasiDev;
  beforeAll(async () => {
    kvasi = await KvasiDev.start([misbehave]);
  });
  afterAll(() => kvasi[Symbol.asyncDispose]());

  test('a body that the component splices comes back byte for byte', async () => {
    await expectEcho(kvasi, '/echo?splice', 5_000_000);
  });

  test.for([0, 1, 65_535, 65_536, 65_537, 262_144, 262_145])(
    'a body of %i bytes comes back',
    async (size) => {
      const sent = randomBytes(size);
      const response = await kvasi.fetch('/echo', { method: 'POST', body: sent });
      expect(sent.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    },
  );

  test('64 MiB arrive as they were written', async () => {
    const response = await kvasi.fetch('/huge');
    let at = 0;
    let isRight = true;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      // Each byte is its place; looking at some is enough to notice what is lost or doubled.
      for (let index = 0; index < chunk.length; index += 97) isRight &&= chunk[index] === (at + index) % 256;
      at += chunk.length;
    }
    expect(at).toBe(64 * 1024 * 1024);
    expect(isRight).toBe(true);
  });

  test('what a client sends comes back before it has sent the rest', async () => {
    await using client = await RawClient.connect(kvasi.url);
    client.write('POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n');
    client.write('5\r\nfirst\r\n');
    await expect.poll(() => client.received).toMatch(/first/);
    client.write('6\r\nsecond\r\n0\r\n\r\n');
    expect(await client.closed()).toMatch(/second/);
  });

  test.for([
    ['while the component waits', '/sleep?a', 'GET', ''],
    ['in the middle of the answer', '/drip?count=1000&ms=20', 'GET', ''],
    ['in the middle of its upload', '/echo?a', 'POST', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ['in the middle of a small upload', '/echo?b', 'POST', 'Content-Length: 10\r\n\r\nabc'],
  ] as const)('a client that goes away %s ends the request', async ([, path, method, rest]) => {
    await using client = await RawClient.connect(kvasi.url);
    client.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\n${rest === '' ? '\r\n' : rest}`);
    // What was written before is under way when this is answered.
    expect(await kvasi.text('/leak')).toBe('1\n');
    client.destroy();
    const line = `${method.padEnd(4)} {2}${path.replace('?', '\\?')} .*the client closed the connection`;
    await kvasi.until(new RegExp(line));
    expect(await kvasi.text('/leak')).toBe('1\n');
  });
});
