import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { inspectorParts } from '../../host/inspector/api/inspector-parts.ts';
import { routesOf } from '../../host/inspector/api/routes.ts';
import { InspectorClient } from '../support/inspector.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const routes = routesOf(await inspectorParts());

let project: Project;
let kvasi: KvasiDev;
let inspector: InspectorClient;

const configuration = `dev:
  keyvalue:
    sessions: { backend: sqlite, path: kv.db, ttl: 1h, prefix: "s:" }
    files: { backend: filesystem, path: files }
    away: { backend: redis, url: "redis://someone:hunter2@127.0.0.1:1" }
    secrets: deny
    gone: no-such-store
`;

beforeAll(async () => {
  project = await Project.create({ '.wash/config.yaml': configuration });
  kvasi = await KvasiDev.start([component('http-kv-handler')], { cwd: project.folder });
  inspector = await InspectorClient.of(kvasi);
  return async () => {
    await kvasi[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  };
});

/** Whatever headers are wanted; `fetch` sets some of them itself. */
function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(inspector.url + path, { method, headers }, (incoming) => {
      resolve(incoming.statusCode ?? 0);
      incoming.destroy();
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const endpoints = [...routes.map(({ method, path }) => ({ method, path })), { method: 'GET', path: '/' }];

test.for(endpoints)('$method $path answers nobody but its own page', async ({ method, path }) => {
  const authorization = `Bearer ${inspector.token}`;
  const own = new URL(inspector.url).host;
  const { port } = new URL(inspector.url);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    `127.0.0.1.evil.example:${port}`,
    '127.0.0.1',
  ]) {
    expect(await statusOf(method, path, { authorization, host }), `Host: ${host}`).toBe(403);
  }
  for (const origin of ['http://evil.example', kvasi.url, `https://${own}`, 'null']) {
    expect(await statusOf(method, path, { authorization, origin }), `Origin: ${origin}`).toBe(403);
  }
  for (const site of ['cross-site', 'same-site']) {
    const headers = { authorization, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' };
    expect(await statusOf(method, path, headers), `Sec-Fetch-Site: ${site}`).toBe(403);
  }
});

test.for(routes.filter(({ isWrite }) => isWrite))(
  '$method $path needs the token',
  async ({ method, path }) => {
    expect(await statusOf(method, path, {})).toBe(401);
    expect(await statusOf(method, path, { authorization: 'Bearer wrong' })).toBe(401);
    expect(await statusOf(method, path, { authorization: `Basic ${inspector.token}` })).toBe(401);
    expect(await statusOf(method, path, { authorization: `Bearer ${inspector.token}` })).not.toBe(401);
  },
);

test('every route that changes something is one that needs the token', () => {
  const open = routes.filter(({ isWrite }) => !isWrite);
  expect(new Set(open.map(({ method }) => method))).toEqual(new Set(['GET']));
});

test('no answer lets another origin read it, and the page runs nothing but its own scripts', async () => {
  for (const path of ['/', '/api/v1/host', '/api/v1/nothing']) {
    const { headers } = await fetch(inspector.url + path);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
  }
});

test('it listens on this machine only', async () => {
  const { port } = new URL(inspector.url);
  await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow();
});

test('buckets are those of the configuration and those that requests have opened, without passwords', async () => {
  await kvasi.text('/', { method: 'POST', body: '{"key":"mykey","value":"myvalue"}' });
  const text = await (await inspector.fetch('buckets')).text();
  expect(text).not.toContain('hunter2');
  const { buckets, others } = JSON.parse(text) as { buckets: { bucket: string }[]; others: string };
  expect(others).toBe('in_memory');
  expect(buckets.map(({ bucket }) => bucket)).toEqual([
    'away',
    'files',
    'gone',
    'in_memory',
    'secrets',
    'sessions',
  ]);
  expect(buckets.find(({ bucket }) => bucket === 'sessions')).toMatchObject({
    served: 'store',
    backend: 'sqlite',
    ttl: 3_600_000,
    capabilities: { durable: true },
    opened: false,
  });
  expect(buckets.find(({ bucket }) => bucket === 'secrets')).toMatchObject({ served: 'deny' });
  expect(buckets.find(({ bucket }) => bucket === 'in_memory')).toMatchObject({ opened: true });
});

test.for(['in_memory', 'sessions', 'files'])(
  '%s: a key is given a time to live, which an edit and a new name leave',
  async (bucket) => {
    const put = (query: object, headers = {}) =>
      inspector.fetch('value', { bucket, ...query }, { method: 'PUT', body: 'v', headers });
    const endOf = async (key: string) => {
      const read = await inspector.fetch('value', { bucket, key });
      return {
        end: Number(read.headers.get('kvasi-expires')) - Date.now(),
        etag: read.headers.get('etag') ?? '',
      };
    };
    expect((await put({ key: 'short', ttl: '600000' })).status).toBe(204);
    const { end, etag } = await endOf('short');
    expect(end).toBeGreaterThan(500_000);
    expect(end).toBeLessThanOrEqual(600_000);
    expect((await put({ key: 'short' }, { 'if-match': etag })).status).toBe(204);
    const rename = { method: 'POST', body: JSON.stringify({ bucket, from: 'short', to: 'renamed' }) };
    expect((await inspector.fetch('rename', {}, rename)).status).toBe(204);
    expect((await endOf('renamed')).end).toBeGreaterThan(400_000);
    expect((await endOf('renamed')).end).toBeLessThanOrEqual(600_000);
    for (const ttl of ['0', 'soon', '-1']) expect((await put({ key: 'renamed', ttl })).status).toBe(400);
    await inspector.fetch('value', { bucket, key: 'renamed' }, { method: 'DELETE' });
  },
);

test.for(['in_memory', 'sessions', 'files'])(
  '%s: any key and any bytes are set, read, renamed and deleted',
  async (bucket) => {
    const body = Buffer.from([0, 1, 2, 255, 10, 13]);
    for (const key of ['', 'plain', '../..', 'a b/ü?&#%00', '\u0000', 'x'.repeat(500)]) {
      expect((await inspector.fetch('value', { bucket, key }, { method: 'PUT', body })).status).toBe(204);
      const read = await inspector.fetch('value', { bucket, key });
      expect(Buffer.from(await read.arrayBuffer())).toEqual(body);
      const written = Number(read.headers.get('kvasi-written'));
      expect(Math.abs(written - Date.now())).toBeLessThan(60_000);
      expect(Number(read.headers.get('kvasi-expires'))).toBe(bucket === 'sessions' ? written + 3_600_000 : 0);
      const rename = { method: 'POST', body: JSON.stringify({ bucket, from: key, to: `${key}2` }) };
      expect((await inspector.fetch('rename', {}, rename)).status).toBe(204);
      expect((await inspector.fetch('value', { bucket, key })).status).toBe(404);
      expect((await inspector.fetch('rename', {}, rename)).status, 'it is not there any more').toBe(404);
      expect((await inspector.fetch('value', { bucket, key: `${key}2` }, { method: 'DELETE' })).status).toBe(
        204,
      );
      expect((await inspector.fetch('value', { bucket, key: `${key}2` })).status).toBe(404);
    }
  },
);

test('what somebody else has written meanwhile is not overwritten by whoever asks for that', async () => {
  const query = { bucket: 'in_memory', key: 'shared' };
  const put = async (body: string, headers: Record<string, string>) =>
    (await inspector.fetch('value', query, { method: 'PUT', body, headers })).status;
  expect(await put('1', { 'if-none-match': '*' })).toBe(204);
  expect(await put('2', { 'if-none-match': '*' })).toBe(412);
  const version = (await inspector.fetch('value', query)).headers.get('etag') ?? '';
  await kvasi.text('/', { method: 'POST', body: '{"key":"shared","value":"theirs"}' });
  expect(await put('mine', { 'if-match': version })).toBe(412);
  expect(await kvasi.text('/?key=shared')).toContain('theirs');
  const now = (await inspector.fetch('value', query)).headers.get('etag') ?? '';
  expect(await put('mine', { 'if-match': now })).toBe(204);
  expect(await kvasi.text('/?key=shared')).toContain('mine');
  const rename = {
    method: 'POST',
    body: JSON.stringify({ bucket: 'in_memory', from: 'mykey', to: 'shared' }),
  };
  await kvasi.text('/', { method: 'POST', body: '{"key":"mykey","value":"myvalue"}' });
  expect((await inspector.fetch('rename', {}, rename)).status).toBe(412);
  expect(await kvasi.text('/?key=shared')).toContain('mine');
});

test('keys are listed page by page and by prefix; an import that breaks off says where', async () => {
  const pairs = Array.from(
    { length: 2500 },
    (_, index) => [`n/${String(index).padStart(4, '0')}`, `${index}`] as const,
  );
  await inspector.import('sessions', pairs);
  await inspector.import('sessions', [['other', 'x']]);
  expect(await inspector.keys('sessions', 'n/')).toEqual(pairs.map(([key]) => key));
  expect(await inspector.keys('sessions', 'n/24')).toHaveLength(100);
  expect(await inspector.json('count', { bucket: 'sessions' })).toEqual({ count: 2501, exact: true });
  const exported = await (await inspector.fetch('export', { bucket: 'sessions', prefix: 'n/' })).text();
  expect(exported.trimEnd().split('\n')).toEqual(pairs.map(([key, value]) => JSON.stringify({ key, value })));
  const broken = await inspector.fetch(
    'import',
    { bucket: 'sessions' },
    { method: 'POST', body: '{"key":"a"}' },
  );
  expect(broken.status).toBe(400);
  expect(await broken.text()).toContain('line 1 is no entry');
});

test('a store that is away, a denied bucket and a wrong question are errors that say so', async () => {
  const away = await inspector.fetch('keys', { bucket: 'away' });
  expect(away.status).toBe(502);
  const { error } = (await away.json()) as { error: string };
  expect(error).toContain('127.0.0.1:1');
  expect(error).not.toContain('hunter2');
  expect((await inspector.fetch('keys', { bucket: 'secrets' })).status).toBe(403);
  expect((await inspector.fetch('keys', { bucket: 'gone' })).status).toBe(404);
  expect((await inspector.fetch('keys')).status).toBe(400);
  expect((await inspector.fetch('keys', { bucket: 'in_memory', limit: '3' })).status).toBe(400);
  expect((await inspector.fetch('keys', { bucket: 'in_memory', cursor: 'mine' })).status).toBe(400);
  expect((await inspector.fetch('send', {}, { method: 'POST', body: '{' })).status).toBe(400);
  const wrong = { method: 'POST', body: JSON.stringify({ method: 'GET', path: 'no-slash' }) };
  expect((await inspector.fetch('send', {}, wrong)).status).toBe(400);
  expect((await inspector.fetch('keys', {}, { method: 'DELETE' })).status).toBe(405);
  expect((await inspector.fetch('nothing')).status).toBe(404);
});

test('a request that is sent for somebody tells its answer and the operations that it made', async () => {
  const others = Array.from({ length: 20 }, (_, index) => kvasi.text(`/?key=other${index}`));
  const body = JSON.stringify({ method: 'POST', path: '/', text: '{"key":"sent","value":"v"}' });
  const answer = await inspector.json('send', {}, { method: 'POST', body });
  await Promise.all(others);
  expect(answer).toMatchObject({
    status: 200,
    text: "[in_memory] Stored 'sent'\n",
    request: { method: 'POST', path: '/', operations: [{ op: 'open' }, { op: 'set', key: 'sent', size: 1 }] },
  });
});

test('requests are told as they end', async () => {
  const stop = new AbortController();
  const response = await inspector.fetch('events', {}, { signal: stop.signal });
  await kvasi.text('/?key=live');
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes('live')) break;
  }
  stop.abort();
  const data = /^event: requests\ndata: (.*)\n\n/m.exec(text)?.[1] ?? '';
  expect(JSON.parse(data)).toMatchObject({
    missed: 0,
    requests: [{ path: '/?key=live', operations: [{}, { hit: false }] }],
  });
  const { requests } = (await inspector.json('requests')) as { requests: { path: string }[] };
  expect(requests.at(-1)?.path).toBe('/?key=live');
});

test('of many requests the last thousand are kept', async () => {
  for (let round = 0; round < 21; round += 1) {
    await Promise.all(Array.from({ length: 50 }, () => kvasi.text('/?key=many')));
  }
  await sleep(50);
  const { requests } = (await inspector.json('requests')) as { requests: { id: number }[] };
  expect(requests).toHaveLength(1000);
});

test('component, configuration and description are told', async () => {
  expect(await inspector.json('component')).toMatchObject({
    component: component('http-kv-handler'),
    exports: [expect.stringContaining('wasi:http/incoming-handler')],
  });
  const config = await (await inspector.fetch('config')).text();
  expect(config).toContain('keyvalue.named.sessions');
  expect(config).not.toContain('hunter2');
  expect(await inspector.json('openapi.json')).toMatchObject({ openapi: '3.1.0' });
  expect(await inspector.json('host')).toMatchObject({
    name: 'kvasi',
    url: kvasi.url,
    directory: project.folder,
  });
});

test('the pages of interfaces are named, and their scripts are there', async () => {
  const { pages } = (await inspector.json('pages')) as { pages: { name: string; module: string }[] };
  expect(pages.map(({ name }) => name)).toContain('buckets');
  for (const { module } of pages) {
    const response = await fetch(inspector.url + module);
    expect(response.headers.get('content-type'), module).toBe('text/javascript; charset=utf-8');
    expect(await response.text(), module).toContain('export function Page');
  }
});

test('--no-inspector leaves it off, --inspector-port says where, and a port in use is an error', async () => {
  await using own = await Project.create();
  const at = (await KvasiDev.start([component('kv-counter'), '--no-inspector'], {
    cwd: own.folder,
  })) as KvasiDev;
  await using without = at;
  expect(await without.text('/a')).toBe('1\n');
  await without.until(/GET.*\n/);
  expect(without.stdout).not.toMatch(/inspector +http/);
  const { port } = new URL(inspector.url);
  const args = ['dev', component('kv-counter'), '--address', 'localhost:0', '--inspector-port'];
  const taken = await runKvasi([...args, port], { cwd: own.folder });
  expect(taken).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/inspector: port \d+ is in use.*--no-inspector/),
  });
  expect((await runKvasi([...args, 'x'], { cwd: own.folder })).code).toBe(2);
});
