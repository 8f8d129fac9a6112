import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { exchangeRaw, getWithTrailers, RawClient } from '../support/raw-http.ts';

let kvasi: KvasiDev;
beforeAll(async () => {
  kvasi = await KvasiDev.start([component('misbehave'), '--env', 'GREETING=hello']);
});
afterAll(() => kvasi[Symbol.asyncDispose]());

/** What `/headers` answers. */
interface Seen {
  readonly path: string;
  readonly authority: string | null;
  readonly headers: readonly (readonly [string, string])[];
}

/** What the component saw of a request that was written by hand. */
async function seenOf(...lines: readonly string[]): Promise<Seen> {
  const received = await exchangeRaw(kvasi.url, ...lines, 'Connection: close', '', '');
  // The component answers characters, in UTF-8; they were read as bytes.
  const body = Buffer.from(received.split('\r\n\r\n')[1] ?? '', 'latin1').toString('utf8');
  return JSON.parse(body) as Seen;
}

describe('requests', () => {
  test('the component sees method, authority, path and headers as they were sent', async () => {
    const response = await kvasi.fetch('/headers?a=%20b', { method: 'PATCH', headers: { 'x-one': '1, 2' } });
    const seen = (await response.json()) as Seen;
    expect(seen).toMatchObject({
      method: 'PATCH',
      scheme: 'http',
      path: '/headers?a=%20b',
      authority: new URL(kvasi.url).host,
    });
    expect(seen.headers).toContainEqual(['x-one', '1, 2']);
    expect(seen.headers.map(([name]) => name.toLowerCase())).not.toContain('connection');
  });

  test('repeated headers stay apart and every byte of a value arrives', async () => {
    const seen = await seenOf(
      'GET /headers HTTP/1.1',
      'Host: a',
      'X-A: caf\xe9 \xff',
      'X-A: two',
      'Cookie: a=1',
    );
    const values = (wanted: string) =>
      seen.headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
    expect(values('x-a')).toEqual(['caf\xe9 \xff', 'two']);
    expect(values('cookie')).toEqual(['a=1']);
  });

  test('a method that is no common one reaches the component', async () => {
    expect(await seenOf('QUERY /headers HTTP/1.1', 'Host: a')).toMatchObject({ method: 'QUERY' });
  });

  test('a whole URL as the target is taken apart', async () => {
    const seen = await seenOf('GET http://shop.example:81/headers?a=%2F HTTP/1.1', 'Host: a');
    expect(seen).toMatchObject({ path: '/headers?a=%2F', authority: 'shop.example:81' });
  });

  test('several requests on one connection are answered in turn', async () => {
    const received = await exchangeRaw(
      kvasi.url,
      ...['GET /sleep?ms=100 HTTP/1.1', 'Host: a', '', 'GET /status/418 HTTP/1.1', 'Host: a', ''],
      ...['GET /leak HTTP/1.1', 'Host: a', 'Connection: close', '', ''],
    );
    expect(received.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 418', 'HTTP/1.1 200']);
    expect(received.indexOf('awake')).toBeLessThan(received.indexOf('418'));
  });

  test('a client that waits to be told to go on is told so', async () => {
    await using client = await RawClient.connect(kvasi.url);
    client.write('POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n');
    client.write('Connection: close\r\n\r\n');
    await expect.poll(() => client.received).toContain('HTTP/1.1 100 Continue\r\n\r\n');
    client.write('abc');
    expect(await client.closed()).toMatch(/HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nabc\r\n/);
  });

  test.for([
    ['no HTTP at all', ['NONSENSE', '', '']],
    ['two lengths', ['POST /echo HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Content-Length: 4', '', 'abc']],
    [
      'a length and chunks',
      ['POST /echo HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked', '', '0', '', ''],
    ],
  ] as const)('%s is refused, and the next request is answered', async ([, lines]) => {
    expect(await exchangeRaw(kvasi.url, ...lines)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await kvasi.text('/leak')).toBe('1\n');
  });

  test('the environment is what --env says, and nothing of the host’s', async () => {
    const text = await kvasi.text('/environment');
    expect(text).toContain('GREETING');
    expect(text).not.toContain('PATH');
  });
});

describe('answers', () => {
  test('repeated headers and bytes that are no ASCII reach the client', async () => {
    const { rawHeaders } = await getWithTrailers(`${kvasi.url}/response-headers`);
    const values = rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'set-cookie');
    expect(values).toEqual(['a=1', 'b=2']);
    expect(rawHeaders).toContain('caf\xe9');
  });

  test('trailers reach the client, and the client’s the component', async () => {
    const answer = await getWithTrailers(`${kvasi.url}/trailers`);
    expect(answer).toMatchObject({ trailers: { 'x-lines': '2' }, body: 'one\ntwo\n' });
    const echoed = await getWithTrailers(`${kvasi.url}/request-trailers`, { 'x-sum': '42' });
    expect(JSON.parse(echoed.body)).toEqual({ trailers: [['x-sum', '42']] });
    expect(JSON.parse(await kvasi.text('/request-trailers'))).toEqual({ trailers: null });
  });

  test('HEAD has the headers and no body, and the connection goes on', async () => {
    const received = await exchangeRaw(
      kvasi.url,
      ...['HEAD /leak HTTP/1.1', 'Host: a', '', 'HEAD /huge HTTP/1.1', 'Host: a', ''],
      ...['GET /leak HTTP/1.1', 'Host: a', 'Connection: close', '', ''],
    );
    expect(received.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(received.match(/^1$/gm)).toHaveLength(1);
    expect(received).toMatch(/^content-length: 2\r$/im);
    expect(received.length, 'nothing of 64 MiB').toBeLessThan(2000);
  });

  test.for([204, 304])('%i has no body and no length', async (status) => {
    const lines = [`GET /status/${status} HTTP/1.1`, 'Host: a', 'Connection: close', '', ''];
    const received = await exchangeRaw(kvasi.url, ...lines);
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\n\\r\\n$`));
    expect(received).not.toMatch(/content-length|transfer-encoding/i);
  });

  test('an answer comes in pieces while the component writes it', async () => {
    const response = await kvasi.fetch('/drip?count=3&ms=150');
    const times: number[] = [];
    for await (const _ of response.body ?? []) times.push(performance.now());
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(200);
  });

  test('an answer may come before the request’s body has been read', async () => {
    const response = await kvasi.fetch('/early', { method: 'POST', body: randomBytes(1024 * 1024) });
    expect(await response.text()).toContain('before the request body was read');
    expect(await kvasi.text('/leak')).toBe('1\n');
  });
});
