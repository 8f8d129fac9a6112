import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';
import { Upstream } from '../support/upstream.ts';

const guests = {
  '0.2': { forward: component('outgoing/forward', 'forward'), back: component('misbehave') },
  '0.3': {
    forward: component('outgoing/forward-async', 'forward-async'),
    back: component('wasi-0.3/misbehave-async', 'misbehave-async'),
  },
} as const;

describe.for(['0.2', '0.3'] as const)('WASI %s', (version) => {
  const { forward, back } = guests[version];

  async function start(allowed: readonly string[], ...flags: readonly string[]) {
    const project = await Project.create();
    const text = [
      `workload: { allowedHosts: ${JSON.stringify(allowed)} }`,
      'dev:',
      '  components:',
      `    - { name: back, file: ${JSON.stringify(back)} }`,
      `    - { name: again, file: ${JSON.stringify(forward)} }`,
    ];
    const file = await project.write('kvasi.yaml', text.join('\n'));
    const kvasi = await KvasiDev.start([forward, '--config', file, ...flags]);
    const close = async (): Promise<void> => {
      await kvasi.stop();
      await project[Symbol.asyncDispose]();
    };
    return { kvasi, [Symbol.asyncDispose]: close };
  }

  const read = (url: string, more = ''): string => `/read?url=${encodeURIComponent(url)}${more}`;

  test('a component answers another one that names it, and the terminal shows both', async () => {
    await using started = await start(['*.internal']);
    const { kvasi } = started;
    const size = (await kvasi.text(read('http://back.internal/'))).match(/^200 (\d+) /)?.[1];
    expect(Number(size)).toBeGreaterThan(0);
    expect(await kvasi.text(read('http://back.spin.internal/'))).toMatch(/^200 /);
    await kvasi.until(/GET {3}back\.internal\/ {2}200 /);
    await kvasi.until(/GET {3}\/read\?\S+ {2}200 .*send http:\/\/back\.internal\//);
  });

  test('so does an address of the host, by its routes', async () => {
    await using started = await start(['localhost', '127.0.0.1']);
    const { kvasi } = started;
    const { port } = new URL(kvasi.url);
    for (const host of ['localhost', '127.0.0.1']) {
      const own = `http://${host}:${port}/elsewhere`;
      expect(await kvasi.text(read(own))).toMatch(/^200 /);
      await kvasi.until(new RegExp(`GET {3}${host}:${port}/elsewhere {2}200 `));
    }
  });

  test('the list of hosts decides, as it does of others', async () => {
    await using started = await start([]);
    const { kvasi } = started;
    expect(await kvasi.text(read('http://back.internal/'))).toMatch(/request-?denied/i);
    await kvasi.until(/add "back\.internal" to workload\.allowedHosts/);
  });

  test('a name that no component has goes to the network', async () => {
    await using started = await start(['*']);
    const { kvasi } = started;
    expect(await kvasi.text(read('http://nobody.internal/'))).toMatch(/dns-?error/i);
  });

  test('no client outside reaches a component by its name', async () => {
    await using started = await start(['*']);
    const { kvasi } = started;
    const response = await kvasi.fetch('/', { headers: { host: 'back.internal' } });
    expect(await response.text()).not.toContain('trap');
  });

  test('bodies and trailers are streamed in both directions', async () => {
    await using server = await Upstream.http((request, response) => {
      response.writeHead(200, { trailer: 'x-end' });
      request.on('data', (chunk) => response.write(chunk));
      request.once('end', () => {
        response.addTrailers({ 'x-end': 'here' });
        response.end();
      });
    });
    await using started = await start(['*.internal', '127.0.0.1']);
    const { kvasi } = started;
    const last = `http://127.0.0.1:${server.port}/`;
    const own = `http://again.internal/forward?body=1&url=${encodeURIComponent(last)}`;
    const body = 'abcdefgh'.repeat(500_000);
    const path = `/forward?body=1&url=${encodeURIComponent(own)}`;
    const answer = await requestOf(`${kvasi.url}${path}`, body);
    // The component of WASI 0.2 does not pass them on.
    if (version === '0.3') expect(answer.trailers).toEqual({ 'x-end': 'here' });
    expect(answer.body.slice(0, 200)).toBe(body.slice(0, 200));
    expect(answer.body.length).toBe(body.length);
    expect(answer.body === body).toBe(true);
  });

  test('what goes wrong in the other one is its answer', async () => {
    await using started = await start(['*.internal']);
    const { kvasi } = started;
    expect(await kvasi.text(read('http://back.internal/trap'))).toMatch(/^500 /);
    await kvasi.until(/trapped/);
    expect(await kvasi.text(read('http://back.internal/'))).toMatch(/^200 /);
  });

  test('two that call each other for ever are stopped, and the host goes on', async () => {
    await using started = await start(['*.internal']);
    const { kvasi } = started;
    // Each level names the next one: more of them than may be.
    let url = 'http://back.internal/';
    for (let depth = 0; depth < 20; depth += 1) {
      url = `http://${depth % 2 === 0 ? 'main' : 'again'}.internal/forward?url=${encodeURIComponent(url)}`;
    }
    const response = await kvasi.fetch(`/forward?url=${encodeURIComponent(url)}`);
    expect(await response.text()).toMatch(/loop-?detected/i);
    expect(await kvasi.text(read('http://back.internal/'))).toMatch(/^200 /);
  });

  // The other component sends one at a time.
  if (version === '0.3') return;
  test('however many they send at once, others are served', async () => {
    await using started = await start(['*.internal'], '--limit', 'concurrentRequests=40');
    const { kvasi } = started;
    const many = (url: string): string => `/many?count=10&url=${encodeURIComponent(url)}`;
    let url = 'http://back.internal/';
    for (let depth = 0; depth < 4; depth += 1) url = `http://again.internal${many(url)}`;
    const busy = kvasi.text(many(url));
    expect(await kvasi.text('/')).toBe('forward, read, hold, drop, many');
    expect(await busy).toMatch(/^(?:200|ErrorCode::\w+\n?|\s)+/);
    await kvasi.until(/connection-limit-reached/);
    expect(await kvasi.text(read('http://back.internal/'))).toMatch(/^200 /);
  });
});

async function requestOf(url: string, body: string) {
  const outgoing = request(url, { method: 'POST' });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('latin1')) text += chunk;
  return { body: text, trailers: { ...response.trailers } };
}
