import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { headers } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { keyPages } from '../../host/interfaces/keyvalue/backends/all-keys.ts';
import { nats } from '../../host/interfaces/keyvalue/backends/nats/nats.ts';
import { bytes, keysOf, textOf } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { refusal } from '../../host/interfaces/keyvalue/conformance/refusal.ts';
import { movableClock, subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { makeCertificate } from '../support/certificate.ts';
import { api, connect, rawClient, washSettings } from '../support/nats-client.ts';
import { isInstalled, natsServer, Server, temporaryFolder } from '../support/server.ts';
import {
  expectHistoriesToOutliveKills,
  expectIncrementsToOutliveKills,
  expectToOutliveFreeze,
  operationTimeout,
} from './faults.ts';
import { conformance } from './suite.ts';

/** A way to a server on which its answers come later, by milliseconds. */
async function delayed(target: number, delay: number) {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = createConnection(target, '127.0.0.1');
    client.pipe(server);
    server.on('data', (chunk) => setTimeout(() => client.write(chunk), delay));
    for (const socket of [client, server]) sockets.add(socket.on('error', () => {}));
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(proxy.close(), 'close');
    },
  };
}

function bigEndian(count: bigint): Uint8Array {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, count);
  return data;
}

describe.runIf(await isInstalled(natsServer))('with a real server', () => {
  conformance('nats', nats, async () => {
    const server = await Server.start(natsServer);
    const url = `nats://127.0.0.1:${server.port}`;
    return await subjectOf({ kind: 'nats', url }, { dispose: () => server[Symbol.asyncDispose]() });
  });

  test('what wash wrote is read', async () => {
    await using server = await Server.start(natsServer);
    await using raw = await rawClient(server);
    expect((await api(raw, 'STREAM.CREATE.KV_b', washSettings('b'))).error).toBeUndefined();
    const before = await api(raw, 'STREAM.INFO.KV_b', {});
    await raw.request('$KV.b.a/b.c=', new Uint8Array([0, 255]));
    await raw.request('$KV.b.n', bigEndian(41n));
    await raw.request('$KV.b.gone', bytes('v'));
    const mark = headers();
    mark.set('KV-Operation', 'DEL');
    await raw.request('$KV.b.gone', '', { headers: mark, timeout: 1000 });
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    expect(await bucket.get('a/b.c=')).toEqual(new Uint8Array([0, 255]));
    expect(await bucket.get('gone')).toBeUndefined();
    expect(await keysOf(bucket)).toEqual(['a/b.c=', 'n']);
    // A counter of wash's keeps its encoding.
    expect(await bucket.increment('n', 1n, 'u64')).toBe(42n);
    expect(await bucket.get('n')).toEqual(bigEndian(42n));
    expect((await api(raw, 'STREAM.INFO.KV_b', {})).config).toEqual(before.config);
  });

  test('what is written is as wash reads it', async () => {
    await using server = await Server.start(natsServer);
    await using raw = await rawClient(server);
    await using backend = await connect(server);
    const bucket = await backend.open('b', { counters: 'wash' });
    await bucket.set('a/b.c=', new Uint8Array([0, 255]));
    await bucket.increment('n', 3n, 'u64');
    await bucket.set('gone', bytes('v'));
    await bucket.delete('gone');
    const last = async (key: string) => await raw.request(`$JS.API.DIRECT.GET.KV_b.$KV.b.${key}`);
    expect([...(await last('a/b.c=')).data]).toEqual([0, 255]);
    expect(Uint8Array.from((await last('n')).data)).toEqual(bigEndian(3n));
    expect((await last('gone')).headers?.get('KV-Operation')).toBe('DEL');
    // wash creates each bucket that it opens, which the server takes only with the very same settings.
    expect((await api(raw, 'STREAM.CREATE.KV_b', washSettings('b'))).error).toBeUndefined();
  });

  test('names that NATS cannot hold are escaped, and a bucket of another name is not opened for them', async () => {
    await using server = await Server.start(natsServer);
    await using raw = await rawClient(server);
    await using backend = await connect(server);
    for (const name of ['', 'a b', 'a%b', 'a=b', 'a.b', 'A_b-1', 'x'.repeat(300)]) {
      await (await backend.open(name, {})).set('k', bytes(name));
      expect(await textOf(await backend.open(name, {}), 'k')).toBe(name);
    }
    const { streams } = (await raw.request('$JS.API.STREAM.NAMES', '{}')).json<{ streams: string[] }>();
    const short = streams.filter((name) => name.length < 20).sort();
    expect(short).toEqual(['KV_=', 'KV_A_b-1', 'KV_a=20b', 'KV_a=25b', 'KV_a=2Eb', 'KV_a=3Db']);
    expect(streams.length).toBe(7);
  });

  test('a stream without direct gets is read from its leader, and as it is', async () => {
    await using server = await Server.start(natsServer);
    await using raw = await rawClient(server);
    await api(raw, 'STREAM.CREATE.KV_b', {
      ...washSettings('b'),
      allow_direct: false,
      max_msgs_per_subject: 5,
    });
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    expect(await bucket.get('k')).toBeUndefined();
    await bucket.set('k', bytes('one'));
    await bucket.set('k', bytes('two'));
    expect(await textOf(bucket, 'k')).toBe('two');
    expect(await bucket.increment('n', 1n, 's64')).toBe(1n);
    expect(await keysOf(bucket)).toEqual(['k', 'n']);
  });

  test('a stream that somebody removed is made again', async () => {
    await using server = await Server.start(natsServer);
    await using raw = await rawClient(server);
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    await bucket.set('k', bytes('v'));
    await api(raw, 'STREAM.DELETE.KV_b', {});
    await bucket.set('k', bytes('v'));
    await api(raw, 'STREAM.DELETE.KV_b', {});
    // The server leaves a read of what is not there without an answer, once.
    expect(await refusal(() => bucket.get('k'))).toContain('no answer');
    expect(await bucket.get('k')).toBeUndefined();
    await api(raw, 'STREAM.DELETE.KV_b', {});
    expect(await keysOf(bucket)).toEqual([]);
  });

  test('the server drops what expires, and what wash wrote expires by the time of its message', async () => {
    await using server = await Server.start(natsServer);
    await using raw = await rawClient(server);
    const clock = movableClock();
    await using backend = await connect(server, { now: clock.now });
    const bucket = await backend.open('b', { ttl: 60_000 });
    expect((await api(raw, 'STREAM.INFO.KV_b', {})).config?.max_age).toBe(120_000 * 1e6);
    await raw.request('$KV.b.wash', bytes('v'));
    expect(await textOf(bucket, 'wash')).toBe('v');
    clock.advance(60_000);
    expect(await bucket.get('wash')).toBeUndefined();
    expect(await keysOf(bucket)).toEqual([]);
  });

  test('a value that does not fit into a message is refused with both numbers', async () => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    const largest = nats.capabilities.largestValue;
    await bucket.set('k', new Uint8Array(largest));
    expect((await bucket.get('k'))?.length).toBe(largest);
    const reason = await refusal(() => bucket.set('k', new Uint8Array(largest + 1)));
    expect(reason).toContain(String(largest));
    expect(reason).toContain(String(largest + 1));
  });

  test('10,000 keys are listed in order, each once, while others are written', async () => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    const keys = Array.from({ length: 10_000 }, (_, index) => `key.${String(index).padStart(5, '0')}`);
    for (let at = 0; at < keys.length; at += 1000) {
      await bucket.setMany?.(keys.slice(at, at + 1000).map((key) => [key, bytes('v')] as const));
    }
    const listed: string[] = [];
    for await (const page of keyPages((cursor) => bucket.listKeys(cursor))) {
      listed.push(...page.keys);
      await bucket.set(`key.${listed.length}.added`, bytes('v'));
      await bucket.set(keys[0] ?? '', bytes('again'));
    }
    expect(listed.filter((key) => !key.endsWith('added'))).toEqual(keys);
    expect(listed).toEqual(listed.toSorted());
  });

  test('keys are listed for as long as the server goes on to tell of them', async () => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    const bucket = await backend.open('b', {});
    const keys = Array.from({ length: 20_000 }, (_, index) => `key.${String(index).padStart(5, '0')}`);
    for (let at = 0; at < keys.length; at += 1000) {
      await bucket.setMany?.(keys.slice(at, at + 1000).map((key) => [key, bytes('v')] as const));
    }
    await using far = await delayed(server.port, operationTimeout / 15);
    await using slow = await connect(far);
    const same = await slow.open('b', {});
    const started = performance.now();
    const page = await same.listKeys(undefined);
    expect(page.keys).toEqual(keys.slice(0, page.keys.length));
    expect(page.cursor).toBeDefined();
    expect(performance.now() - started).toBeGreaterThan(operationTimeout);
  });

  test('increments of several connections at once add up', async () => {
    await using server = await Server.start(natsServer);
    await using stack = new AsyncDisposableStack();
    const backends = await Promise.all([connect(server), connect(server), connect(server)]);
    const buckets = await Promise.all(backends.map((backend) => stack.use(backend).open('b', {})));
    await Promise.all(
      buckets.flatMap((bucket) => Array.from({ length: 100 }, () => bucket.increment('n', 1n, 's64'))),
    );
    for (const bucket of buckets) expect(await textOf(bucket, 'n')).toBe('300');
  });

  test('kill -9 of the server under load: errors in time, recovery, and no acknowledged increment lost', async () => {
    await using server = await Server.start(natsServer);
    const told: string[] = [];
    await using backend = await connect(server, { tell: (text) => told.push(text) });
    await expectIncrementsToOutliveKills(server, backend, told, { clients: 8, before: 100 });
  });

  test('kill -9 of the server under load: what clients saw has an order that explains it', async () => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    await expectHistoriesToOutliveKills(server, backend);
  });

  test('a server that does not answer is an error in time, and is used again when it does', async () => {
    await using server = await Server.start(natsServer);
    await using backend = await connect(server);
    await expectToOutliveFreeze(server, backend);
  });

  test('a server that is away at first is used once it is there', async () => {
    await using server = await Server.start(natsServer);
    await server.kill();
    const told: string[] = [];
    await using backend = await connect(server, { tell: (text) => told.push(text) });
    const reason = await refusal(() => backend.open('b', {}));
    expect(reason).toContain('refused');
    expect(reason).toContain("bucket 'b'");
    await server.restart();
    await expect.poll(async () => await opens(backend.open('b', {})), { timeout: 5000 }).toBe(true);
    expect(told.length).toBe(2);
  });

  test('TLS is used, and a certificate that nobody vouches for is refused', async () => {
    await using folder = await temporaryFolder('certificate');
    const { cert, key } = await makeCertificate(folder.path);
    await using server = await Server.start(natsServer, ['--tls', '--tlscert', cert, '--tlskey', key]);
    const context = { now: Date.now, operationTimeout, tell: () => {} };
    const url = `tls://localhost:${server.port}`;
    const trusting = await connectDefinition(
      nats,
      { url, tls: { ca: await readFile(cert, 'utf8') } },
      context,
    );
    const bucket = await trusting.open('b', {});
    await bucket.set('k', bytes('v'));
    expect(await textOf(bucket, 'k')).toBe('v');
    await trusting.close();
    const distrustful = await connectDefinition(nats, { url }, context);
    expect(await refusal(() => distrustful.open('b', {}))).toContain('self-signed certificate');
    await distrustful.close();
  });

  test('a wrong password is an error without the password', async () => {
    await using server = await Server.start(natsServer, ['--user', 'someone', '--pass', 'right']);
    const told: string[] = [];
    await using backend = await connect(server, {
      tell: (text) => told.push(text),
      login: 'someone:s3cret%2F!@',
    });
    const error = await Promise.resolve(backend.open('b', {})).catch((thrown: Error) => thrown);
    expect(String(error)).toMatch(/authorization/i);
    expect(JSON.stringify([String(error), Object.entries(error), told])).not.toMatch(/s3cret/);
    await using right = await connect(server, { login: 'someone:right@' });
    expect(await (await right.open('b', {})).get('k')).toBeUndefined();
  });
});

async function opens(opening: unknown): Promise<boolean> {
  return await Promise.resolve(opening).then(
    () => true,
    () => false,
  );
}
