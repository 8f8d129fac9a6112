import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { redis } from '../../host/interfaces/keyvalue/backends/redis/redis.ts';
import type { RedisOptions } from '../../host/interfaces/keyvalue/backends/redis/redis-client.ts';
import { markKey } from '../../host/interfaces/keyvalue/backends/redis/redis-keys.ts';
import { bytes, textOf } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { refusal } from '../../host/interfaces/keyvalue/conformance/refusal.ts';
import { subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { makeCertificate } from '../support/certificate.ts';
import { freePort, isInstalled, redisServer, Server, temporaryFolder } from '../support/server.ts';
import { conformance } from './suite.ts';

async function connect(options: RedisOptions) {
  const backend = await redis.connect(options, { now: Date.now, operationTimeout: 2000, tell: () => {} });
  return Object.assign(backend, { [Symbol.asyncDispose]: async () => await backend.close() });
}

/** A cluster of one, which is strict about slots as a large one is. */
async function startCluster(): Promise<Server> {
  const server = await Server.start(redisServer, [
    ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
  ]);
  const client = new Redis(server.port, '127.0.0.1');
  try {
    await client.cluster('ADDSLOTSRANGE', 0, 16_383);
    await vi.waitFor(async () => expect(await client.cluster('INFO')).toContain('cluster_state:ok'), 10_000);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  } finally {
    client.disconnect();
  }
  return server;
}

describe.runIf(await isInstalled(redisServer))('with real servers', () => {
  // A cluster takes two seconds to begin, so that one serves all groups.
  let shared: Promise<Server> | undefined;
  afterAll(async () => await (await shared)?.[Symbol.asyncDispose]());

  conformance('redis cluster', redis, async () => {
    shared ??= startCluster();
    const server = await shared;
    return await subjectOf({ kind: 'redis', url: `redis://127.0.0.1:${server.port}?cluster=true` });
  });

  test('the mark of a key is in the slot of the key', async () => {
    await using server = await startCluster();
    const raw = new Redis(server.port, '127.0.0.1');
    const keys = ['b:k', 'b:{tag}k', 'b:}{k', 'b:{}k', 'b:{', 'b:}', 'b:{a{b}c}', '{}:{x}', 'b:ä}🦀'];
    for (const key of keys) {
      expect(await raw.cluster('KEYSLOT', markKey(key)), key).toBe(await raw.cluster('KEYSLOT', key));
    }
    expect(new Set(keys.map(markKey)).size).toBe(keys.length);
    await raw.quit();
  });

  test('a cluster that is away is an error in time, and is used again once it is back', async () => {
    await using server = await startCluster();
    await using backend = await connect({ url: `redis://127.0.0.1:${server.port}?cluster=true` });
    const bucket = await backend.open('b', {});
    expect(await bucket.increment('n', 1n, 's64')).toBe(1n);
    await server.kill();
    await refusal(() => bucket.increment('n', 1n, 's64'));
    const begun = performance.now();
    await refusal(() => bucket.increment('n', 1n, 's64'));
    expect(performance.now() - begun).toBeLessThan(2500);
    await server.restart();
    await vi.waitFor(async () => expect(await textOf(bucket, 'n')).toBe('1'), 15_000);
  });

  test('the master is found through the Sentinel that is there', async () => {
    await using server = await Server.start(redisServer);
    const configuration = `sentinel monitor mymaster 127.0.0.1 ${server.port} 1\n`;
    await using sentinel = await Server.start(sentinelServer(configuration));
    const url = `redis://127.0.0.1:${await freePort()},127.0.0.1:${sentinel.port}/2?sentinel=mymaster`;
    await using backend = await connect({ url });
    const bucket = await backend.open('b', {});
    await bucket.set('k', bytes('v'));
    const raw = new Redis(server.port, '127.0.0.1', { db: 2 });
    expect(await raw.get('b:k')).toBe('v');
    await raw.quit();
  });

  test('TLS is used for rediss, and a certificate that nobody vouches for is refused', async () => {
    await using folder = await temporaryFolder('certificate');
    const { cert, key } = await makeCertificate(folder.path);
    const port = await freePort();
    const tls = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key];
    await using _ = await Server.start(redisServer, [...tls, '--tls-auth-clients', 'no']);
    const url = `rediss://127.0.0.1:${port}`;
    await using backend = await connect({ url, tls: { ca: await readFile(cert, 'utf8') } });
    const bucket = await backend.open('b', {});
    await bucket.set('k', bytes('v'));
    expect(await textOf(bucket, 'k')).toBe('v');
    await using distrustful = await connect({ url });
    const other = await distrustful.open('b', {});
    expect(await refusal(() => other.get('k'))).toContain('self-signed certificate');
  });
});

function sentinelServer(configuration: string) {
  return { ...redisServer, file: { name: 'sentinel.conf', text: configuration }, args: sentinelArgs };
}

function sentinelArgs(port: number, folder: string): string[] {
  return [
    join(folder, 'sentinel.conf'),
    '--sentinel',
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
  ];
}
