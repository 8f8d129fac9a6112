import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHost, type Host } from '../../host/index.ts';
import { makeCertificate } from '../support/certificate.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';
import { getWithTrailers } from '../support/raw-http.ts';
import { freePort, temporaryFolder } from '../support/server.ts';
import { bodyOf, Upstream } from '../support/upstream.ts';

const guests = {
  '0.2': component('outgoing/forward', 'forward'),
  '0.3': component('outgoing/forward-async', 'forward-async'),
};

/** What the guest is to send. */
type Query = Readonly<Record<string, string | readonly string[]>>;

function pathOf(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : value) parameters.append(name, one);
  }
  return `${path}?${parameters}`;
}

describe.each(['0.2', '0.3'] as const)('a request of a component of WASI %s', (version) => {
  let host: Host;
  const send = (path: string, query: Query, init?: RequestInit): Promise<Response> =>
    host.fetch(pathOf(path, query), init);
  const text = async (path: string, query: Query, init?: RequestInit): Promise<string> =>
    await (await send(path, query, init)).text();

  beforeAll(async () => {
    host = await createHost({ component: guests[version], allowedHosts: ['*'] });
  });
  afterAll(async () => {
    await host.close();
  });

  test('gets what the server answers, with its status and headers', async () => {
    await using upstream = await Upstream.http((request, response) => {
      response.writeHead(418, [
        'x-seen',
        `${request.method} ${request.url}`,
        'set-cookie',
        'a=1',
        'set-cookie',
        'b=2',
      ]);
      response.end(`host ${request.headers.host}, ${request.headers['x-own']}`);
    });
    const response = await send('/forward', { url: upstream.url('/a/b?c=d%20e'), h: ['x-own:é'] });
    expect(response.status).toBe(418);
    expect(response.headers.get('x-seen')).toBe('GET /a/b?c=d%20e');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe(`host 127.0.0.1:${upstream.port}, Ã©`);
  });

  test('sends a body as it comes, and reads the answer as it comes', async () => {
    await using upstream = await Upstream.http((request, response) => {
      request.pipe(response);
    });
    const body = new Uint8Array(1_000_000).map((_, index) => index % 251);
    const response = await send(
      '/forward',
      { url: upstream.url(), method: 'POST', body: '' },
      { method: 'POST', body },
    );
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0);
  });

  test('sends trailers, and gets those of the answer', async () => {
    await using upstream = await Upstream.http(async (request, response) => {
      await bodyOf(request);
      response.writeHead(200, { trailer: 'x-after' });
      response.write('body');
      response.addTrailers({ 'x-after': `got ${request.trailers['x-sum']}` });
      response.end();
    });
    await using port = await host.listen('127.0.0.1:0');
    const query = { url: upstream.url(), method: 'POST', text: 'abc', t: 'x-sum:6' };
    const { trailers } = await getWithTrailers(`${port.url}${pathOf('/forward', query)}`);
    expect(trailers).toEqual({ 'x-after': 'got 6' });
  });

  test('keeps connections for the next requests', async () => {
    await using upstream = await Upstream.http((_, response) => void response.end('ok'));
    for (let round = 0; round < 5; round += 1) {
      expect(await text('/forward', { url: upstream.url() })).toBe('ok');
    }
    expect(upstream.connections).toBe(1);
  });

  test('is made again where its server had closed the idle connection', async () => {
    let isFirst = true;
    await using upstream = await Upstream.tcp((socket) => {
      let requests = 0;
      const closesAfter = isFirst ? 1 : 10;
      isFirst = false;
      socket.on('data', () => {
        requests += 1;
        if (requests > closesAfter) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    for (let round = 0; round < 3; round += 1) {
      expect(await text('/forward', { url: upstream.url() })).toBe('ok');
    }
    expect(upstream.connections).toBe(2);
  });

  test.each([
    [
      'connection-refused',
      async () => ({ url: `http://127.0.0.1:${await freePort()}/` }),
      'ErrorCode::ConnectionRefused',
    ],
    ['DNS-error', async () => ({ url: 'http://name.invalid/' }), 'ErrorCode::DnsError'],
    ['user information', async () => ({ url: 'http://user@127.0.0.1/' }), 'ErrorCode::HttpRequestUriInvalid'],
    ['another scheme', async () => ({ url: 'ftp://127.0.0.1/' }), 'ErrorCode::HttpProtocolError'],
    ['no authority', async () => ({ url: 'http:///a' }), 'ErrorCode::HttpRequestUriInvalid'],
    [
      'CONNECT',
      async () => ({ url: 'http://127.0.0.1/', method: 'CONNECT' }),
      'ErrorCode::HttpRequestMethodInvalid',
    ],
  ] as const)('fails with its own error for %s', async (_, query, error) => {
    const response = await send('/forward', await query());
    expect(response.status).toBe(502);
    expect(await response.text()).toContain(error);
  });

  test('fails where the server closes without an answer, or speaks something else', async () => {
    await using closing = await Upstream.tcp((socket) => void socket.once('data', () => socket.destroy()));
    expect(await text('/forward', { url: closing.url(), method: 'POST', text: 'a' })).toContain(
      'ErrorCode::ConnectionTerminated',
    );
    await using other = await Upstream.tcp(
      (socket) => void socket.once('data', () => socket.end('220 mail\r\n')),
    );
    expect(await text('/forward', { url: other.url() })).toContain('ErrorCode::HttpProtocolError');
    await using long = await Upstream.tcp((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(200_000)}\r\n\r\n`));
    });
    expect(await text('/forward', { url: long.url() })).toContain('ErrorCode::HttpResponseHeaderSectionSize');
  });

  test.each([
    ['100', 'HTTP/1.1 100 Continue\r\n\r\n', '200 2 '],
    [
      'several, in pieces',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 A\r\n\r\nHTTP/1.1 103 B\r\nlink: </a>\r\n\r\n',
      '200 2 ',
    ],
    [
      'more of them than there may be',
      'HTTP/1.1 103 Early\r\n\r\n'.repeat(17),
      'ErrorCode::HttpProtocolError',
    ],
    [
      'one that never ends',
      `HTTP/1.1 103 Early\r\nlink: ${'a'.repeat(20_000)}`,
      'ErrorCode::HttpProtocolError',
    ],
    [
      '101',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: a\r\nconnection: upgrade\r\n\r\n',
      'ErrorCode::HttpProtocolError',
    ],
  ])('with interim responses before the final one: %s', async (_, interim, outcome) => {
    await using upstream = await Upstream.tcp((socket) => {
      socket.setNoDelay(true).on('data', async () => {
        const bytes = `${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`;
        const step = bytes.length < 1000 ? 5 : bytes.length;
        for (let at = 0; at < bytes.length; at += step) {
          socket.write(bytes.slice(at, at + step));
          await nextTurn();
        }
      });
    });
    for (let round = 0; round < 2; round += 1) {
      expect(await text('/read', { url: upstream.url() })).toContain(outcome);
    }
    if (outcome.startsWith('200')) expect(upstream.connections).toBe(1);
  });

  test.each([
    ['GET', '204 No Content'],
    ['GET', '304 Not Modified'],
    ['HEAD', '200 OK'],
  ])('a response without content may have a content-length: to %s, %s', async (method, status) => {
    await using upstream = await Upstream.tcp((socket) => {
      socket.on('data', () => socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 5\r\netag: "a"\r\n\r\n`));
    });
    for (let round = 0; round < 2; round += 1) {
      expect(await text('/read', { url: upstream.url(), method })).toMatch(
        new RegExp(`^${parseInt(status, 10)} 0 (Ok|end)`),
      );
    }
  });

  test.each([
    ['a status that is none', '099 None\r\nContent-Length: 2'],
    ['two content-lengths', '200 OK\r\nContent-Length: 2\r\nContent-Length: 3'],
    ['a content-length beside chunks', '200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked'],
    ['a content-length that is too large', `200 OK\r\nContent-Length: ${'9'.repeat(30)}`],
    ['a content-length that is no number', '200 OK\r\nContent-Length: -2'],
  ])('fails with HTTP-protocol-error for %s', async (_, head) => {
    await using upstream = await Upstream.tcp((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 ${head}\r\n\r\nok`));
    });
    expect(await text('/read', { url: upstream.url() })).toMatch(/^ErrorCode::HttpProtocolError/);
  });

  test('with a fragment goes to no server', async () => {
    await using upstream = await Upstream.http((_, response) => void response.end('ok'));
    expect(await text('/forward', { url: upstream.url('/ok#part') })).toBe(
      'ErrorCode::HttpRequestUriInvalid',
    );
    expect(upstream.connections).toBe(0);
  });

  test('a body that breaks off is not taken for a whole one', async () => {
    await using upstream = await Upstream.tcp((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
    });
    expect(await text('/read', { url: upstream.url() })).toMatch(
      /^200 4 .*ErrorCode::HttpResponseIncomplete/,
    );
    const cut = send('/forward', { url: upstream.url() }).then((response) => response.text());
    await expect(cut).rejects.toThrow();
  });

  test('takes no longer than its options allow', async () => {
    await using silent = await Upstream.http((request, response) => {
      if (request.url === '/slow') response.write('some');
    });
    expect(await text('/read', { url: silent.url(), first: '50' })).toContain(
      'ErrorCode::HttpResponseTimeout',
    );
    expect(await text('/read', { url: silent.url('/slow'), between: '50' })).toMatch(
      /^200 4 .*ErrorCode::ConnectionReadTimeout/,
    );
    await expect.poll(() => silent.open).toBe(0);
  });

  test('takes no more from a server than the component reads, and closes what it leaves', async () => {
    const gibibyte = 1024 * 1024 * 1024;
    let sent = 0;
    await using upstream = await Upstream.http((_, response) => {
      response.on('error', () => {});
      const chunk = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (sent < gibibyte && response.writable) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    expect(await text('/hold', { url: upstream.url(), ms: '300' })).toBe('200');
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    expect(await text('/read', { url: upstream.url(), bytes: '1000000' })).toBe('200 1000000 enough');
    await expect.poll(() => upstream.open).toBe(0);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test('ends with the request that the component serves', async () => {
    await using upstream = await Upstream.http(() => {});
    const leaving = new AbortController();
    const waiting = send('/forward', { url: upstream.url() }, { signal: leaving.signal });
    await expect.poll(() => upstream.open).toBe(1);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await expect.poll(() => upstream.open).toBe(0);
  });

  test('is recorded with what came of it', async () => {
    await using upstream = await Upstream.http((_, response) => void response.end('hello'));
    const heard = new Promise<unknown>((resolve) => host.once('request', resolve));
    await text('/read', { url: upstream.url('/x') });
    expect(await heard).toMatchObject({
      operations: [
        { interface: 'wasi:http', op: 'send', url: upstream.url('/x'), method: 'GET', status: 200, size: 5 },
      ],
    });
    const denied = new Promise<unknown>((resolve) => host.once('request', resolve));
    await text('/read', { url: 'http://name.invalid/' });
    expect(await denied).toMatchObject({ operations: [{ error: expect.stringMatching(/^DNS-error: /) }] });
  });
});

test('requests of an instance that serves several at once are all sent, from the first one on', async () => {
  await using upstream = await Upstream.http((_, response) => void response.end('ok'));
  await using host = await createHost({
    component: guests['0.3'],
    allowedHosts: ['*'],
    instances: 'reuse',
    requestTimeout: 5000,
  });
  const path = pathOf('/read', { url: upstream.url() });
  const texts = [1, 2, 3, 4, 5, 6].map(async () => await (await host.fetch(path)).text());
  expect(await Promise.all(texts)).toEqual(Array(6).fill('200 2 Ok(None)'));
});

describe('servers with TLS', () => {
  test.each([
    ['nope.pem', 'which does not exist'],
    ['.', 'which is a folder'],
    ['config.yaml', 'which has no certificate'],
  ])(
    'authorities in %s are refused before anything is served, and no other command asks for them',
    async (path, why) => {
      await using folder = await temporaryFolder('outgoing');
      const config = join(folder.path, 'config.yaml');
      await writeFile(config, `dev:\n  http_client_ca_paths: [${path}]\n`);
      const started = createHost({ component: guests['0.2'], configFile: config });
      await expect(started).rejects.toThrow(
        new RegExp(
          `config\\.yaml:2:26: dev\\.http_client_ca_paths\\[0\\] names .*, ${why}\\. Expected a file in PEM\\.$`,
        ),
      );
      expect(await runKvasi(['config', '--config', config])).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test('are trusted where the configuration names their authority, and speak HTTP/2 where they can', async () => {
    await using folder = await temporaryFolder('outgoing');
    const { cert, key } = await makeCertificate(folder.path);
    const identity = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
    await using plain = await Upstream.https(identity, (_, response) => void response.end('https'));
    await using newer = await Upstream.http2(identity, async (request, response) => {
      const body = await bodyOf(request);
      response.end(`${request.httpVersion} ${request.method} ${body}`);
    });
    const config = join(folder.path, 'config.yaml');
    await writeFile(config, `workload: {}\ndev:\n  http_client_ca_paths: [cert.pem]\n`);
    await using host = await createHost({ component: guests['0.2'], configFile: config });
    const text = async (query: Query): Promise<string> =>
      await (await host.fetch(pathOf('/forward', query))).text();
    expect(await text({ url: plain.url('/', 'localhost') })).toBe('https');
    expect(await text({ url: plain.url() })).toBe('https');
    const both = await Promise.all(
      [1, 2, 3].map(() => text({ url: newer.url(), method: 'POST', text: 'body' })),
    );
    expect(both).toEqual(Array(3).fill('2.0 POST body'));
    expect(await text({ url: newer.url(), method: 'GET' })).toBe('2.0 GET ');
    await using strict = await createHost({ component: guests['0.2'], allowedHosts: ['127.0.0.1'] });
    const refused = await strict.fetch(pathOf('/forward', { url: plain.url() }));
    expect(await refused.text()).toContain('ErrorCode::TlsCertificateError');
    await using noTls = await Upstream.http((_, response) => void response.end());
    const wrong = await strict.fetch(pathOf('/forward', { url: noTls.url().replace('http:', 'https:') }));
    expect(await wrong.text()).toContain('ErrorCode::TlsProtocolError');
  });
});

describe('gRPC', () => {
  test('goes to a server without TLS as HTTP/2, with trailers both ways', async () => {
    await using upstream = await Upstream.http2(undefined, async (request, response) => {
      const body = await bodyOf(request);
      response.writeHead(200, { 'content-type': 'application/grpc' });
      response.write(`${request.httpVersion} ${body} ${request.trailers['x-sum']}`);
      response.addTrailers({ 'grpc-status': '0' });
      response.end();
    });
    await using host = await createHost({ component: guests['0.3'], allowedHosts: ['127.0.0.1'] });
    await using port = await host.listen('127.0.0.1:0');
    const query = {
      url: upstream.url(),
      method: 'POST',
      h: 'content-type:application/grpc',
      text: 'abc',
      t: 'x-sum:6',
    };
    const { body, trailers } = await getWithTrailers(`${port.url}${pathOf('/forward', query)}`);
    expect(body).toBe('2.0 abc 6');
    expect(trailers).toEqual({ 'grpc-status': '0' });
  });
});

describe('connections', () => {
  test('are no more than the configuration allows; who waits too long is refused', async () => {
    await using folder = await temporaryFolder('outgoing');
    let most = 0;
    await using upstream = await Upstream.http((request, response) => {
      most = Math.max(most, upstream.open);
      if (request.url !== '/never') setTimeout(() => response.end('ok'), 20);
    });
    await using other = await Upstream.http((_, response) => void response.end('other'));
    const config = join(folder.path, 'config.yaml');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(config, 'workload: {}\ndev:\n  max_connections: 2\n  http_connection_wait: 300ms\n');
    await using host = await createHost({ component: guests['0.2'], configFile: config });
    const text = async (path: string, query: Query): Promise<string> =>
      await (await host.fetch(pathOf(path, query))).text();
    expect(await text('/many', { url: upstream.url(), count: '8' })).toBe(Array(8).fill('200').join('\n'));
    expect(most).toBeLessThanOrEqual(2);
    // Those that are idle make room for another server.
    expect(await text('/forward', { url: other.url() })).toBe('other');
    const held = text('/many', { url: upstream.url('/never'), count: '2' });
    await expect.poll(() => upstream.open).toBe(2);
    expect(await text('/forward', { url: other.url() })).toContain('ErrorCode::ConnectionLimitReached');
    held.catch(() => {});
  });
});

describe('whom a component may send requests to', () => {
  test('is what the configuration says; the user is told what would allow it', async () => {
    await using upstream = await Upstream.http((_, response) => void response.end('ok'));
    await using host = await createHost({
      component: guests['0.2'],
      allowedHosts: [`localhost:${upstream.port}`],
    });
    const told: string[] = [];
    host.on('warning', (text) => told.push(text));
    const text = async (url: string): Promise<string> =>
      await (await host.fetch(pathOf('/forward', { url }))).text();
    expect(await text(upstream.url('/', 'localhost'))).toBe('ok');
    expect(await text(upstream.url())).toBe('ErrorCode::HttpRequestDenied');
    await expect
      .poll(() => told)
      .toEqual([
        `a request to http://127.0.0.1:${upstream.port} was denied. To allow it, add "127.0.0.1:${upstream.port}" to workload.allowedHosts in the configuration file.`,
      ]);
    await host.setOptions({ allowedHosts: ['127.0.0.1'] });
    expect(await text(upstream.url())).toBe('ok');
  });

  test('nobody, where nothing says so', async () => {
    await using host = await createHost({ component: guests['0.3'] });
    const response = await host.fetch(pathOf('/forward', { url: 'http://127.0.0.1:1/' }));
    expect(await response.text()).toBe('ErrorCode::HttpRequestDenied');
  });
});

test('kvasi dev says what was sent, and what would allow a request that was denied', async () => {
  await using upstream = await Upstream.http((_, response) => void response.end('ok'));
  await using project = await Project.create({
    '.wash/config.yaml': `workload: { allowedHosts: ['127.0.0.1'] }\n`,
  });
  await using kvasi = await KvasiDev.start([guests['0.2'], '--verbose'], { cwd: project.folder });
  expect(await kvasi.text(pathOf('/forward', { url: upstream.url('/a?b') }))).toBe('ok');
  await kvasi.until(new RegExp(`send +${upstream.url('/a')}\\?b +GET, 200, 2 B(?:, slow)? +[\\d.]+ m?s`));
  const response = await kvasi.fetch(pathOf('/forward', { url: upstream.url('/', 'localhost') }));
  expect(response.status).toBe(502);
  await kvasi.until(/failed: HTTP-request-denied/);
  await expect
    .poll(() => kvasi.stdout + kvasi.stderr)
    .toContain(`add "localhost:${upstream.port}" to workload.allowedHosts`);
});
