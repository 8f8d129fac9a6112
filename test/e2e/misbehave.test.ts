import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const misbehave = component('misbehave');

describe('what goes wrong in one request', () => {
  let kvasi: KvasiDev;
  beforeAll(async () => {
    kvasi = await KvasiDev.start([misbehave, '--request-timeout', '1s']);
  });
  afterAll(() => kvasi[Symbol.asyncDispose]());

  /** The next request is answered as if nothing had been. */
  const nextIsFine = async () => expect(await kvasi.text('/leak')).toBe('1\n');

  test.for([
    ['/trap', 500, 'unreachable'],
    ['/recursion', 500, 'call stack exhausted'],
    ['/drop-outparam', 500, 'without setting an answer'],
    ['/exit', 500, 'exit'],
    ['/error', 500, 'error'],
    ['/sleep', 504, 'did not answer within 1 s'],
  ] as const)('%s answers %i and says why', async ([path, status, reason]) => {
    const response = await kvasi.fetch(path);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(reason);
    await nextIsFine();
  });

  test.for(['/trap-late', '/drop-body', '/short-body', '/hang'])(
    '%s: what was sent arrives, then the connection is closed',
    async (path) => {
      const response = await kvasi.fetch(path);
      expect(response.status).toBe(200);
      const reader = response.body?.getReader();
      expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
      await expect(reader?.read()).rejects.toThrow();
      await nextIsFine();
    },
  );

  test('an endless loop answers 504 and holds nobody up for long', async () => {
    const loop = kvasi.fetch('/loop');
    const started = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await nextIsFine();
    expect(performance.now() - started).toBeLessThan(5000);
    const answer = await loop;
    expect(answer.status).toBe(504);
    await nextIsFine();
    await kvasi.until(/keeps its thread busy/);
  });

  test('memory that grows until there is none is the guest’s fault alone', async () => {
    const response = await kvasi.fetch('/memory');
    expect([500, 504]).toContain(response.status);
    await nextIsFine();
  });

  test('a trap is printed with the component, the reason and the functions', async () => {
    await kvasi.fetch('/trap');
    await kvasi.until(/misbehave trapped: .*unreachable/);
    await kvasi.until(/at misbehave::faults::trap @ 0x/);
    await kvasi.until(/\[misbehave\] .*panics because it was asked to/);
  });

  test('what the component prints comes with its name, line by line', async () => {
    expect(await kvasi.text('/stdio')).toBe('written\n');
    await kvasi.until(/^\[misbehave\] a line on stdout$/m);
    await kvasi.until(/^\[misbehave\] a line in two parts$/m);
    await kvasi.until(/^\[misbehave\] a line on stderr$/m);
    expect(kvasi.stdout).not.toContain('a line on stderr');
  });

  test('many requests of every kind at once get their own answers', async () => {
    const paths = ['/leak', '/trap', '/status/418', '/drop-outparam', '/headers', '/huge?mib=1'];
    const statuses = [200, 500, 418, 500, 200, 200];
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const response = await kvasi.fetch(paths[index % paths.length] ?? '/');
        await response.arrayBuffer();
        return response.status;
      }),
    );
    expect(answers).toEqual(answers.map((_, index) => statuses[index % statuses.length]));
  });
});

describe('HTTP', () => {
  let kvasi: KvasiDev;
  beforeAll(async () => {
    kvasi = await KvasiDev.start([misbehave, '--env', 'GREETING=hello']);
  });
  afterAll(() => kvasi[Symbol.asyncDispose]());

  test('the component sees method, authority, path and headers as they were sent', async () => {
    const response = await kvasi.fetch('/headers?a=%20b', { method: 'PATCH', headers: { 'x-one': '1, 2' } });
    const seen = (await response.json()) as { headers: [string, string][] };
    expect(seen).toMatchObject({
      method: 'PATCH',
      scheme: 'http',
      path: '/headers?a=%20b',
      authority: new URL(kvasi.url).host,
    });
    expect(seen.headers).toContainEqual(['x-one', '1, 2']);
    expect(seen.headers.map(([name]) => name.toLowerCase())).not.toContain('connection');
  });

  test('repeated headers and bytes that are no ASCII reach the client', async () => {
    const { rawHeaders } = await get(`${kvasi.url}/response-headers`);
    expect(rawHeaders.filter((name) => name.toLowerCase() === 'set-cookie').length).toBeGreaterThan(1);
    expect(rawHeaders).toContain('caf\xe9');
  });

  test('trailers reach the client, and the client’s the component', async () => {
    const answer = await get(`${kvasi.url}/trailers`);
    expect(answer.trailers).toEqual({ 'x-lines': '2' });
    const echoed = await get(`${kvasi.url}/request-trailers`, { 'x-sum': '42' });
    expect(echoed.body).toContain('x-sum');
    expect(echoed.body).toContain('42');
  });

  test('HEAD has the headers and no body', async () => {
    const response = await kvasi.fetch('/leak', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
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

  test('a client that goes away ends the request', async () => {
    const abort = new AbortController();
    const response = await kvasi.fetch('/drip?count=1000&ms=20', { signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    await kvasi.until(/GET {3}\/drip.*the client closed the connection/);
  });

  test('the environment is what --env says, and nothing of the host’s', async () => {
    const text = await kvasi.text('/environment');
    expect(text).toContain('GREETING');
    expect(text).not.toContain('PATH');
  });

  test('100 MB go through and come back byte for byte, in bounded memory', async () => {
    const size = 100_000_000;
    const sent = createHash('sha256');
    const block = randomBytes(1_000_000);
    async function* blocks() {
      for (let at = 0; at < size; at += block.length) {
        block.writeUInt32LE(at, 0);
        sent.update(block);
        yield Buffer.from(block);
      }
    }
    const response = await kvasi.fetch('/echo', {
      method: 'POST',
      body: Readable.toWeb(Readable.from(blocks())) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    const received = createHash('sha256');
    let length = 0;
    for await (const chunk of response.body ?? []) {
      received.update(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
    }
    expect(length).toBe(size);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    if (process.platform !== 'linux') return;
    const peak = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${kvasi.pid}/status`, 'utf8'))?.[1];
    console.log(`peak memory of the host after 100 MB through /echo: ${Math.round(Number(peak) / 1024)} MiB`);
    expect(Number(peak)).toBeLessThan(400 * 1024);
  });
});

test('instances are used again where the configuration says so', async () => {
  await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  instances: reuse\n' });
  await using kvasi = await KvasiDev.start([misbehave], { cwd: project.folder });
  expect(await kvasi.text('/leak')).toBe('1\n');
  expect(await kvasi.text('/leak')).toBe('2\n');
});

interface Answer {
  readonly rawHeaders: string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
}

/** A request of node:http, which shows what `fetch` hides: raw headers and trailers. */
function get(url: string, trailers?: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: trailers === undefined ? 'GET' : 'POST' }, async (incoming) => {
      let body = '';
      for await (const chunk of incoming) body += chunk;
      resolve({ rawHeaders: incoming.rawHeaders, trailers: incoming.trailers, body });
    });
    outgoing.on('error', reject);
    if (trailers !== undefined) {
      outgoing.setHeader('transfer-encoding', 'chunked');
      outgoing.write('a body');
      outgoing.addTrailers(trailers);
    }
    outgoing.end();
  });
}
