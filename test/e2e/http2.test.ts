import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Client, credentials, status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { createHost } from '../../host/index.ts';
import { makeCertificate } from '../support/certificate.ts';
import { Http2Client } from '../support/http2-client.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';
import { RawClient } from '../support/raw-http.ts';

const misbehave = component('misbehave');
const async = component('wasi-0.3/misbehave-async', 'misbehave-async');
const greeter = component('serving/greeter', 'greeter');
const [internalError, enhanceYourCalm] = [2, 11];
const mebibyte = 1024 * 1024;

describe('HTTP/2 without TLS', () => {
  test('the port of HTTP/1.1 serves it to whoever begins with it', async () => {
    await using kvasi = await KvasiDev.start([async]);
    await using client = await Http2Client.connect(kvasi.url);
    const answer = await client.fetch('/hello');
    expect(answer).toMatchObject({ status: 200, body: 'hello', headers: { 'content-length': '5' } });
    expect(await kvasi.text('/hello')).toBe('hello');
    expect(await client.fetch('/hello', { ':method': 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      isHeadOnly: true,
    });
    expect(await client.fetch('/status?code=204')).toMatchObject({ status: 204, isHeadOnly: true });
    expect(await client.fetch('/trailers')).toMatchObject({
      body: 'content',
      trailers: { 'x-checksum': 'abc' },
    });
    await kvasi.until(/GET {3}\/trailers {2}200 {2}[\d.]+ m?s\n/);
  });

  test('its preface may come byte by byte', async () => {
    await using kvasi = await KvasiDev.start([async]);
    const socket = connectTcp(Number(new URL(kvasi.url).port), '127.0.0.1').setNoDelay(true);
    const settings = '\0\0\0\u0004\0\0\0\0\0';
    for (const byte of `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}`) {
      socket.write(byte, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    // A SETTINGS frame of the server.
    expect(bytes[3]).toBe(4);
    socket.destroy();
  });

  test('it can not begin behind a request of HTTP/1.1', async () => {
    await using kvasi = await KvasiDev.start([async]);
    await using client = await RawClient.connect(kvasi.url);
    client.write('GET /hello HTTP/1.1\r\nHost: a\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(await client.closed()).toMatch(/hello[\s\S]*HTTP\/1\.1 505 /);
  });

  test('a body is streamed in both directions, and one that nobody reads ends with the answer', async () => {
    await using kvasi = await KvasiDev.start([async]);
    await using client = await Http2Client.connect(kvasi.url);
    const parts = Array.from({ length: 64 }, () => Buffer.alloc(mebibyte / 16));
    const post = { ':method': 'POST' };
    expect(await client.fetch('/reads', post, parts)).toMatchObject({
      body: `${4 * mebibyte} bytes, trailers Ok(None)`,
    });
    const many = Array.from({ length: 64 }, () => Buffer.alloc(mebibyte));
    expect(await client.fetch('/ignores-body', post, many)).toMatchObject({
      status: 200,
      body: 'not read',
      reset: 0,
    });
  });

  test('what goes wrong ends one request, and the connection goes on', async () => {
    await using kvasi = await KvasiDev.start([async, '--request-timeout', '3s']);
    await using client = await Http2Client.connect(kvasi.url);
    const [trapped, broken] = await Promise.all([client.fetch('/trap'), client.fetch('/broken')]);
    const [late, endless] = await Promise.all([client.fetch('/wait?ms=100000'), client.fetch('/loop')]);
    expect(trapped).toMatchObject({ status: 500, body: expect.stringContaining('trapped') });
    expect(broken).toMatchObject({ status: 200, body: 'a beginning', reset: internalError });
    expect(late).toMatchObject({ status: 504 });
    expect(endless.status).toBeGreaterThanOrEqual(500);
    expect(await client.fetch('/hello')).toMatchObject({ status: 200 });
  });

  test('a client that gives a request up ends its guest', async () => {
    await using kvasi = await KvasiDev.start([async]);
    await using client = await Http2Client.connect(kvasi.url);
    const stream = client.session.request({ ':path': '/endless' });
    stream.on('error', () => {});
    await once(stream, 'data');
    stream.close(8);
    await kvasi.until(/GET {3}\/endless {2}200 .*the client gave the request up/);
    expect(await client.fetch('/hello')).toMatchObject({ status: 200 });
  });

  test('a head that means two things, or names no place, is refused', async () => {
    await using kvasi = await KvasiDev.start([async, '--limit', 'headSize=4KiB']);
    await using client = await Http2Client.connect(kvasi.url);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-${n}`, 'x'.repeat(80)]));
    const refused = {
      'two hosts': { ':authority': 'a', host: 'b' },
      'no host name': { ':authority': 'a:b' },
      'neither http nor https': { ':scheme': 'ftp' },
      'is no proxy': { ':method': 'CONNECT', ':authority': 'a:80' },
      'longer than 4KiB': many,
    };
    for (const [reason, headers] of Object.entries(refused)) {
      const { ':method': method } = headers as Record<string, string>;
      const path = method === 'CONNECT' ? undefined : '/hello';
      const answer = await client.fetch(path as string, headers);
      expect(answer, reason).toMatchObject({ body: expect.stringContaining(reason) });
    }
    const far = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`x-${n}`, 'x'.repeat(80)]));
    expect(await client.fetch('/hello', far)).toMatchObject({ status: 0 });
    await using other = await Http2Client.connect(kvasi.url);
    expect(await other.fetch('/hello')).toMatchObject({ status: 200 });
  });

  test('a hundred requests of a connection are under way at once, and further ones wait', async () => {
    await using kvasi = await KvasiDev.start([async, '--limit', 'queueWait=20s']);
    await using client = await Http2Client.connect(kvasi.url);
    expect(client.session.remoteSettings.maxConcurrentStreams).toBe(100);
    const answers = await Promise.all(Array.from({ length: 300 }, () => client.fetch('/wait?ms=20')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('a client that opens requests and resets them is sent away, and others are served', async () => {
    await using kvasi = await KvasiDev.start([async]);
    await using other = await Http2Client.connect(kvasi.url);
    const flood = connect(kvasi.url);
    flood.on('error', () => {});
    await once(flood, 'remoteSettings');
    const closed = new Promise((resolve) => flood.once('close', resolve));
    for (let count = 0; count < 20_000 && !flood.closed && !flood.destroyed; count += 1) {
      const stream = flood.request({ ':path': '/never' });
      stream.on('error', () => {});
      stream.close(8);
      if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await other.fetch('/hello')).toMatchObject({ status: 200, body: 'hello' });
    await closed;
  });

  test('a connection that asks for nothing is closed, and so is one that is not used again', async () => {
    await using kvasi = await KvasiDev.start([
      ...[async, '--limit', 'headTimeout=500ms', '--limit', 'idleTimeout=500ms'],
    ]);
    await using silent = await Http2Client.connect(kvasi.url);
    await using used = await Http2Client.connect(kvasi.url);
    const ends = [silent, used].map(({ session }) => once(session, 'goaway'));
    expect(await used.fetch('/hello')).toMatchObject({ status: 200 });
    expect((await Promise.all(ends)).map(([code]) => code)).toEqual([0, 0]);
  });

  describe('a client that begins a head and does not go on', () => {
    /** HEADERS without END_HEADERS, behind as many whole requests. */
    async function beginHead(kvasi: KvasiDev, requests: number): Promise<{ closed: Promise<unknown> }> {
      const socket = connectTcp(Number(new URL(kvasi.url).port), '127.0.0.1');
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.once('close', resolve));
      const text = (value: string): Buffer => Buffer.from([value.length, ...Buffer.from(value)]);
      // GET, http and / of HPACK's static table, and :authority.
      const head = Buffer.concat([Buffer.from([0x82, 0x86, 0x84, 0x41]), text('localhost')]);
      const frame = (flags: number, stream: number): Buffer =>
        Buffer.concat([Buffer.from([0, 0, head.length, 1, flags, 0, 0, 0, stream]), head]);
      socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0', 'latin1');
      for (let count = 0; count < requests; count += 1) {
        socket.write(frame(5, 2 * count + 1));
        await kvasi.until(/GET {3}\/ {2}\d+/);
      }
      socket.write(frame(1, 2 * requests + 1));
      socket.resume();
      // It must have begun before the host is told to end.
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { closed };
    }

    const limits = ['--limit', 'headTimeout=500ms', '--limit', 'idleTimeout=500ms'];
    test.for([0, 1])('is sent away behind %i requests', async (requests) => {
      await using kvasi = await KvasiDev.start([async, ...limits]);
      const { closed } = await beginHead(kvasi, requests);
      await closed;
      expect(await kvasi.text('/hello')).toBe('hello');
    });

    test.for([0, 1])('does not keep the host from its end behind %i requests', async (requests) => {
      const kvasi = await KvasiDev.start([async, '--limit', 'headTimeout=1s']);
      await beginHead(kvasi, requests);
      await kvasi.stop();
    });
  });

  test('a client that does not read the rest of an answer is given up', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '1s']);
    await using client = await Http2Client.connect(kvasi.url);
    const stream = client.session.request({ ':path': '/huge?mib=64' });
    stream.on('error', () => {});
    stream.pause();
    const closed = new Promise((resolve) => stream.once('close', resolve));
    await kvasi.until(/GET {3}\/huge\?mib=64 {2}200 .* within 1 s/);
    stream.resume();
    await closed;
    expect([internalError, enhanceYourCalm]).toContain(stream.rstCode);
  });

  test('the host ends when the answers that are under way have ended', async () => {
    const kvasi = await KvasiDev.start([async]);
    await using client = await Http2Client.connect(kvasi.url);
    const slow = client.fetch('/drip?count=5&ms=100');
    await kvasi.text('/hello');
    await kvasi.stop();
    expect(await slow).toMatchObject({ status: 200, body: '0\n1\n2\n3\n4\n', reset: 0 });
  });

  test('at the limit of connections the one that is idle makes room', async () => {
    await using kvasi = await KvasiDev.start([async, '--limit', 'connections=2']);
    await using idle = await Http2Client.connect(kvasi.url);
    await idle.fetch('/hello');
    await using busy = await Http2Client.connect(kvasi.url);
    const slow = busy.fetch('/drip?count=10&ms=100');
    const gone = once(idle.session, 'close');
    await using third = await Http2Client.connect(kvasi.url);
    expect(await third.fetch('/hello')).toMatchObject({ status: 200 });
    await gone;
    expect(await slow).toMatchObject({ status: 200, reset: 0 });
  });

  test('of several idle ones that which has been idle longest makes room, however new they are', async () => {
    await using kvasi = await KvasiDev.start([async, '--limit', 'connections=2']);
    await using warm = await Http2Client.connect(kvasi.url);
    await warm.fetch('/hello');
    await warm[Symbol.asyncDispose]();
    await using used = await Http2Client.connect(kvasi.url);
    await using left = await Http2Client.connect(kvasi.url);
    await left.fetch('/hello');
    await used.fetch('/hello');
    const gone = once(left.session, 'close');
    await using third = await Http2Client.connect(kvasi.url);
    expect(await third.fetch('/hello')).toMatchObject({ status: 200 });
    await gone;
    expect(await used.fetch('/hello')).toMatchObject({ status: 200 });
  });
});

/** A message of gRPC whose first field is a text. */
function message(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);
}

const asBytes = (bytes: Buffer): Buffer => bytes;

describe('gRPC', () => {
  test('a client of it calls a component', async () => {
    await using kvasi = await KvasiDev.start([greeter]);
    const client = new Client(new URL(kvasi.url).host, credentials.createInsecure());
    const call = async (method: string): Promise<Buffer | ServiceError> =>
      await new Promise((resolve) => {
        client.makeUnaryRequest(method, asBytes, asBytes, message('world'), (error, reply) => {
          resolve(error ?? reply ?? Buffer.alloc(0));
        });
      });
    expect(await call('/kvasi.Greeter/Echo')).toEqual(message('world'));
    expect(await call('/kvasi.Greeter/Refuse')).toMatchObject({
      code: grpcStatus.NOT_FOUND,
      details: 'no such greeting',
    });
    expect(await call('/kvasi.Greeter/Other')).toMatchObject({ code: grpcStatus.UNIMPLEMENTED });
    const talk = client.makeBidiStreamRequest('/kvasi.Greeter/Echo', asBytes, asBytes);
    for (let count = 0; count < 100; count += 1) {
      talk.write(message(`message ${count}`));
      const [reply] = (await once(talk, 'data')) as [Buffer];
      expect(reply).toEqual(message(`message ${count}`));
    }
    talk.end();
    talk.resume();
    const [{ code }] = (await once(talk, 'status')) as [{ code: number }];
    expect(code).toBe(grpcStatus.OK);
    client.close();
  });
});

describe('TLS', () => {
  async function start(further = '') {
    const project = await Project.create();
    const { folder } = project;
    const { cert } = await makeCertificate(folder);
    const text = `dev:\n  tls_cert_path: cert.pem\n  tls_key_path: key.pem\n${further}`;
    const kvasi = await KvasiDev.start([async, '--config', await project.write('kvasi.yaml', text)]);
    const [ca, key] = await Promise.all([readFile(cert), readFile(join(folder, 'key.pem'))]);
    const close = async (): Promise<void> => {
      await kvasi.stop();
      await project[Symbol.asyncDispose]();
    };
    return { kvasi, ca, key, [Symbol.asyncDispose]: close };
  }

  test('HTTP/2 and HTTP/1.1 on one port, as the client wants it', async () => {
    await using served = await start();
    const { kvasi, ca } = served;
    expect(kvasi.url).toMatch(/^https:/);
    await using client = await Http2Client.connect(kvasi.url, { ca });
    expect(await client.fetch('/hello')).toMatchObject({ status: 200, body: 'hello' });
    const socket = connectTls({ port: Number(new URL(kvasi.url).port), host: '127.0.0.1', ca });
    socket.setEncoding('latin1').write('GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 [\s\S]*hello/);
  });

  test('a host of a program serves it by its configuration file', async () => {
    await using project = await Project.create();
    const { cert } = await makeCertificate(project.folder);
    const text = 'dev:\n  tls_cert_path: cert.pem\n  tls_key_path: key.pem\n';
    const configFile = await project.write('kvasi.yaml', text);
    await using host = await createHost({ component: async, configFile });
    await using listener = await host.listen('127.0.0.1:0');
    expect(listener.url).toMatch(/^https:/);
    await using client = await Http2Client.connect(listener.url, { ca: await readFile(cert) });
    expect(await client.fetch('/hello')).toMatchObject({ status: 200, body: 'hello' });
    expect(await (await host.fetch('/hello')).text()).toBe('hello');
  });

  test.for([
    ['tls_cert_path: cert.pem', 'dev.tls_cert_path has no effect without dev.tls_key_path'],
    ['tls_ca_path: cert.pem', 'dev.tls_ca_path has no effect without dev.tls_cert_path and dev.tls_key_path'],
    [
      'tls_cert_path: none.pem, tls_key_path: key.pem',
      'dev.tls_cert_path names none.pem, which does not exist',
    ],
    [
      'tls_cert_path: key.pem, tls_key_path: key.pem',
      'dev.tls_cert_path names key.pem, which has no certificate',
    ],
    [
      'tls_cert_path: cert.pem, tls_key_path: cert.pem',
      'dev.tls_key_path names cert.pem, which has no private key',
    ],
    [
      'tls_cert_path: cert.pem, tls_key_path: other/key.pem',
      'names other/key.pem, which is the key of another',
    ],
  ])('`%s` is an error with its place', async ([keys, message]) => {
    await using project = await Project.create({ 'other/keep': '' });
    const { folder: cwd } = project;
    await Promise.all([makeCertificate(cwd), makeCertificate(join(cwd, 'other'))]);
    await project.write('.wash/config.yaml', `dev: { ${keys} }\n`);
    const { code, stderr } = await runKvasi(['dev', async, '--no-inspector'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kvasi: \.wash\/config\.yaml:1:\d+: /);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('who speaks without it is told of in the terminal', async () => {
    await using served = await start();
    const { kvasi } = served;
    await using client = await RawClient.connect(kvasi.url);
    client.write('GET /hello HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.closed();
    await kvasi.until(/refused {2}400 .*without TLS/);
  });

  test('where authorities are named, clients need a certificate of theirs', async () => {
    await using served = await start('  tls_ca_path: cert.pem\n');
    const { kvasi, ca, key } = served;
    await using client = await Http2Client.connect(kvasi.url, { ca, cert: ca, key });
    expect(await client.fetch('/hello')).toMatchObject({ status: 200 });
    const other = connect(kvasi.url, { ca });
    other.on('error', () => {});
    await once(other, 'close');
    await kvasi.until(/refused {2}403 .*no certificate of the authorities/);
  });
});
