import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explore, startHost, type TestHost } from '../../host/testing.ts';
import { component, root, runKvasi } from '../support/kvasi-in-process.ts';
import { temporaryFolder } from '../support/server.ts';
import { Upstream } from '../support/upstream.ts';

const guests = {
  '0.2': component('outgoing/forward', 'forward'),
  '0.3': component('outgoing/forward-async', 'forward-async'),
};

const pathOf = (path: string, query: Readonly<Record<string, string>>): string =>
  `${path}?${new URLSearchParams(query)}`;

describe.each(['0.2', '0.3'] as const)('a test answers the requests of a component of WASI %s', (version) => {
  let host: TestHost;
  const text = async (
    path: string,
    query: Readonly<Record<string, string>>,
    init?: RequestInit,
  ): Promise<string> => await (await host.fetch(pathOf(path, query), init)).text();

  beforeAll(async () => {
    host = await startHost({ component: guests[version] });
  });
  beforeEach(async () => {
    await host.reset();
  });
  afterAll(async () => {
    await host.close();
  });

  test('by a function, which gets the request', async () => {
    host.outgoing.respond('https://api.example.com/*', async (request) =>
      Response.json(
        { url: request.url, sent: await request.text(), own: request.headers.get('x-own') },
        { status: 201 },
      ),
    );
    const url = 'https://api.example.com/orders?a=b';
    const response = await host.fetch(
      pathOf('/forward', { url, method: 'POST', text: 'a body', h: 'x-own:1' }),
    );
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ url, sent: 'a body', own: '1' });
    const [sent, ...others] = host.outgoing.requests();
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ method: 'POST', url, text: 'a body', status: 201 });
    expect(host.operations()).toMatchObject([
      { interface: 'wasi:http', op: 'send', url, method: 'POST', status: 201 },
    ]);
  });

  test('a request that no rule names fails, and says which rule to write', async () => {
    const failed = await text('/forward', { url: 'https://api.example.com/x?token=1' });
    expect(failed).toContain('no rule of the test answers GET https://api.example.com/x?token=1.');
    expect(host.output()).toContain(
      `Write host.outgoing.respond("https://api.example.com/x", () => new Response('…'))`,
    );
  });

  test('with an error, late, or broken off', async () => {
    const url = 'https://api.example.com/';
    host.outgoing.respond(url, { body: 'in the end' });
    host.outgoing.respond(url, { status: 503 }, { times: 1 });
    host.outgoing.fail(url, 'connection-refused', { times: 1 });
    expect(await text('/forward', { url })).toBe('ErrorCode::ConnectionRefused');
    expect((await host.fetch(pathOf('/forward', { url }))).status).toBe(503);
    expect(await text('/forward', { url })).toBe('in the end');
    using cut = host.outgoing.respond(url, { body: 'whole' }, { cutAfter: 3 });
    expect(await text('/read', { url })).toMatch(/^200 3 .*HttpResponseIncomplete/);
    expect(cut.hits).toBe(1);
    host.outgoing.respond(url, {}, { delay: '10s' });
    expect(await text('/read', { url, first: '50' })).toContain('ErrorCode::HttpResponseTimeout');
  });

  test('or lets them go to the network', async () => {
    await using upstream = await Upstream.http((_, response) => void response.end('real'));
    host.outgoing.pass(upstream.url('/*'));
    expect(await text('/forward', { url: upstream.url('/a') })).toBe('real');
    expect(await text('/forward', { url: upstream.url('/b', 'localhost') })).toContain('no rule of the test');
  });

  test('streams both ways', async () => {
    host.outgoing.respond('POST *', (request) => new Response(request.body));
    const body = 'x'.repeat(300_000);
    const url = 'http://echo.example/';
    expect(await text('/forward', { url, method: 'POST', body: '' }, { method: 'POST', body })).toBe(body);
    expect(host.outgoing.requests()[0]?.body.length).toBe(300_000);
  });

  test('or with what the network has answered once', async () => {
    await using folder = await temporaryFolder('outgoing');
    const file = join(folder.path, 'fixtures/api.json');
    let count = 0;
    await using upstream = await Upstream.http((_, response) => {
      count += 1;
      response.writeHead(200, { 'x-count': String(count) });
      response.end(`answer ${count}`);
    });
    const url = upstream.url('/x');
    await using recording = host.outgoing.record(file, upstream.url('/*'));
    expect(await text('/forward', { url })).toBe('answer 1');
    expect(await text('/forward', { url })).toBe('answer 2');
    await recording.close();
    host.outgoing.replay(file);
    const again = await host.fetch(pathOf('/forward', { url }));
    expect(again.headers.get('x-count')).toBe('1');
    expect(await again.text()).toBe('answer 1');
    expect(await text('/forward', { url })).toBe('answer 2');
    expect(await text('/forward', { url })).toContain(`has no answer to GET ${url}, or no more`);
    expect(count).toBe(2);
  });

  test('what is no rule is refused with what would be one', () => {
    expect(() => host.outgoing.respond('api.example.com', {})).toThrow('Expected a URL such as');
    expect(() => host.outgoing.fail('*', 'connection-refuse')).toThrow('connection-refused');
    expect(() => host.outgoing.respond('*', { code: 503 } as object)).toThrow('there is no code');
    expect(() => host.outgoing.respond('*', {}, { delay: 'soon' })).toThrow('delay of outgoing.respond');
  });
});

test('scenarios say what the requests come to, and which have to be sent', async () => {
  await using folder = await temporaryFolder('outgoing');
  const path = encodeURIComponent('https://api.example.com/items?page=1');
  await writeFile(
    join(folder.path, 'scenarios.yaml'),
    `component: ${guests['0.2']}
scenarios:
  - name: passes on what the API answers
    steps:
      - outgoing:
          - { url: 'GET https://api.example.com/items*', status: 201, body: { json: [1] }, times: 1 }
          - { url: 'https://api.example.com/*', error: connection-refused }
      - request: /forward?url=${path}
        expect: { status: 201, headers: { content-type: application/json }, body: { json: [1] } }
        sends: ['GET https://api.example.com/items?page=1']
      - request: /forward?url=${path}
        expect: 502
        sends: ['GET https://api.example.com/*']
  - name: sends what it should not
    steps:
      - outgoing: [{ url: '*' }]
      - request: /forward?url=${path}
        sends: []
`,
  );
  const { code, stdout } = await runKvasi(['test'], { cwd: folder.path });
  expect(stdout).toContain('passes on what the API answers  passed');
  expect(stdout).toContain('it sent GET https://api.example.com/items?page=1. Expected nothing.');
  expect(code).toBe(1);
});

test('exploration orders the requests that are sent, as it orders what is done to stores', async () => {
  const orders = new Set<string>();
  const found = await explore({
    component: guests['0.2'],
    requests: ['POST', 'PUT'].map((method) => pathOf('/forward', { url: 'http://counter.example/', method })),
    before: (host) => {
      host.outgoing.respond('*', (request) => new Response(request.method));
    },
    check: (host, responses) => {
      orders.add(
        host.outgoing
          .requests()
          .map(({ method }) => method)
          .join(', '),
      );
      return responses.every(({ status }) => status === 200);
    },
  });
  expect(found).toEqual({ interleavings: 2, isExhausted: true });
  expect(orders).toEqual(new Set(['POST, PUT', 'PUT, POST']));
});

test('a host that the configuration does not allow is denied before any rule', async () => {
  await using host = await startHost({ component: guests['0.2'], allowedHosts: ['api.example.com'] });
  host.outgoing.respond('*', { body: 'answered' });
  const sent = async (url: string): Promise<string> =>
    await (await host.fetch(pathOf('/forward', { url }))).text();
  expect(await sent('https://api.example.com/')).toBe('answered');
  expect(await sent('https://other.example.com/')).toBe('ErrorCode::HttpRequestDenied');
  expect(host.output()).toContain('add "other.example.com" to workload.allowedHosts');
});

test('the example of docs/testing.md does what it says', async () => {
  const markdown = await readFile(join(root, 'docs/testing.md'), 'utf8');
  const block = [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].find(([, text]) =>
    text?.includes('forward.wasm'),
  );
  const body = /test\('[^']*', async \(\) => \{\n(.*)^\}\);/ms.exec(block?.[1] ?? '')?.[1] ?? '';
  expect(body).toContain('host.outgoing.respond');
  const text = body.replace("'forward.wasm'", JSON.stringify(guests['0.2']));
  const run = new Function('startHost', 'expect', `return (async () => {\n${text}\n})();`);
  await run(startHost, expect);
});
