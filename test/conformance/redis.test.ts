import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { redis } from '../../host/interfaces/keyvalue/backends/redis/redis.ts';
import { bytes, keysOf, textOf } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { refusal } from '../../host/interfaces/keyvalue/conformance/refusal.ts';
import { movableClock, subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { isInstalled, redisServer, Server } from '../support/server.ts';
import {
  expectHistoriesToOutliveKills,
  expectIncrementsToOutliveKills,
  expectToOutliveFreeze,
  operationTimeout,
} from './faults.ts';
import { conformance } from './suite.ts';

async function connect(
  server: Server,
  { tell = (_: string) => {}, now = Date.now, login = '', query = '' } = {},
) {
  const url = `redis://${login}127.0.0.1:${server.port}${query}`;
  return await connectDefinition(redis, { url }, { now, operationTimeout, tell });
}

/** A client as another program has it. */
function rawClient(server: Server): Redis & AsyncDisposable {
  const client = new Redis(server.port, '127.0.0.1');
  return Object.assign(client, {
    async [Symbol.asyncDispose]() {
      await client.quit();
    },
  });
}

/** Closes a backend at the end of a test. */
function closing(backend: Backend): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => await backend.close() };
}

const isThere = await isInstalled(redisServer);

describe.runIf(isThere)('with a real server', () => {
  conformance('redis', redis, async () => {
    const server = await Server.start(redisServer);
    const url = `redis://127.0.0.1:${server.port}`;
    return await subjectOf({ kind: 'redis', url }, { dispose: () => server[Symbol.asyncDispose]() });
  });

  test('what wash wrote is read, and the other way round', async () => {
    await using server = await Server.start(redisServer);
    await using raw = rawClient(server);
    const backend = await connect(server);
    await using _ = closing(backend);
    const bucket = await backend.open('my bucket', {});
    await raw.set('my bucket:a/b:ä', Buffer.from([0, 255]));
    await raw.incrby('my bucket:n', 41);
    expect(await bucket.get('a/b:ä')).toEqual(new Uint8Array([0, 255]));
    expect(await bucket.increment('n', 1n, 'u64')).toBe(42n);
    expect(await keysOf(bucket)).toEqual(['a/b:ä', 'n']);
    await bucket.set('own', new Uint8Array([1, 254]));
    expect(await raw.getBuffer('my bucket:own')).toEqual(Buffer.from([1, 254]));
    expect(await raw.incrby('my bucket:n', 1)).toBe(43);
    expect((await raw.keys('*')).sort()).toEqual(['my bucket:a/b:ä', 'my bucket:n', 'my bucket:own']);
  });

  test('names that wash would mix up are escaped', async () => {
    await using server = await Server.start(redisServer);
    await using raw = rawClient(server);
    const backend = await connect(server);
    await using _ = closing(backend);
    for (const name of ['a:b', 'a%3Ab', '50%', '[x]*?\\'])
      await (await backend.open(name, {})).set('c', bytes(name));
    expect((await raw.keys('*')).sort()).toEqual(['50%:c', '[x]*?\\:c', 'a%253Ab:c', 'a%3Ab:c']);
    await raw.set('x:c', 'of another bucket');
    await raw.lpush('[x]*?\\:list', 'no string');
    expect(await keysOf(await backend.open('[x]*?\\', {}))).toEqual(['c']);
  });

  test('a write of wash between a read and a swap is noticed', async () => {
    await using server = await Server.start(redisServer);
    await using raw = rawClient(server);
    const backend = await connect(server);
    await using _ = closing(backend);
    const bucket = await backend.open('b', {});
    await raw.set('b:k', 'one');
    const before = await bucket.getVersioned('k');
    await raw.set('b:k', 'two');
    expect(await bucket.setIfVersion('k', bytes('mine'), before.version)).toBe(false);
    expect(await textOf(bucket, 'k')).toBe('two');
    // What marks a version is gone with the next write, and hidden until then.
    await bucket.set('k', bytes('three'));
    expect(await raw.keys('*')).toEqual(['b:k']);
  });

  test('a key that expires is dropped by the server, and what wash wrote begins its time when it is read', async () => {
    await using server = await Server.start(redisServer);
    await using raw = rawClient(server);
    const clock = movableClock();
    const backend = await connect(server, { now: clock.now });
    await using _ = closing(backend);
    const bucket = await backend.open('b', { ttl: 1000 });
    await bucket.set('k', bytes('v'));
    expect(await raw.pttl('b:k')).toBeGreaterThan(1000);
    expect(await raw.pttl('b:k')).toBeLessThanOrEqual(61_000);
    await raw.set('b:wash', 'v');
    expect(await textOf(bucket, 'wash')).toBe('v');
    clock.advance(1000);
    expect(await keysOf(bucket)).toEqual([]);
    expect(await bucket.get('wash')).toBeUndefined();
    clock.advance(-3_600_000);
    expect(await refusal(() => bucket.set('k', bytes('v')))).toContain('clock');
  });

  test('a key with a time to live of its own is dropped by the server, whose plain commands show it as every client may', async () => {
    await using server = await Server.start(redisServer);
    await using raw = rawClient(server);
    const backend = await connect(server);
    await using _ = closing(backend);
    const bucket = await backend.open('b', {});
    for (const key of ['k', 'n', 'set', 'washed']) await bucket.set(key, bytes('1'), 60_000);
    const left = async (key: string) => await raw.pttl(`b:${key}`);
    expect(await left('k')).toBeGreaterThan(50_000);
    expect(await left('k')).toBeLessThanOrEqual(60_000);
    await bucket.increment('n', 1n, 's64');
    const { version } = await bucket.getVersioned('k');
    expect(await bucket.setIfVersion('k', bytes('2'), version)).toBe(true);
    for (const key of ['k', 'n']) expect(await left(key), key).toBeGreaterThan(50_000);
    await bucket.set('set', bytes('2'));
    await raw.set('b:washed', '2');
    expect(await bucket.timesLeft?.(['set', 'washed'])).toEqual([undefined, undefined]);
    expect(await Promise.all(['set', 'washed'].map(left))).toEqual([-1, -1]);
    // What a host sees that reckons by its own clock, or whose bucket has a time to live besides.
    const clock = movableClock();
    const other = await connect(server, { now: clock.now });
    await using __ = closing(other);
    const [moved, bounded] = [await other.open('b', {}), await other.open('b', { ttl: 3_600_000 })];
    await bucket.set('short', bytes('v'), 400);
    expect(await keysOf(bounded)).toEqual(['k', 'n', 'set', 'short', 'washed']);
    await expect.poll(async () => await bucket.get('short')).toBeUndefined();
    clock.advance(61_000);
    expect(await keysOf(moved)).toEqual(['set', 'washed']);
    expect(await keysOf(bounded)).toEqual(['set', 'washed']);
    expect(await keysOf(bucket)).toEqual(['k', 'n', 'set', 'washed']);
    await bucket.delete('k');
    expect(await raw.exists('b:k', '%25mark:{b:k}', '%25end:{b:k}')).toBe(0);
  });

  test('increments of several connections at once add up', async () => {
    await using server = await Server.start(redisServer);
    const backends = await Promise.all([connect(server), connect(server), connect(server)]);
    await using stack = new AsyncDisposableStack();
    for (const backend of backends) stack.use(closing(backend));
    const buckets = await Promise.all(backends.map((backend) => backend.open('b', {})));
    const [first, second] = buckets;
    const work = buckets.flatMap((bucket) =>
      Array.from({ length: 200 }, async (_, index) => {
        await bucket.increment('small', 1n, 's64');
        // Too large for Redis' own arithmetic, so that the loop is what adds.
        if (index % 10 === 0) await bucket.increment('large', 2n ** 57n, 'u64');
      }),
    );
    await Promise.all(work);
    expect(first && (await textOf(first, 'small'))).toBe('600');
    expect(second && (await textOf(second, 'large'))).toBe(String(60n * 2n ** 57n));
  });

  test('a server that forgot the scripts is taught them again', async () => {
    await using server = await Server.start(redisServer);
    await using raw = rawClient(server);
    const backend = await connect(server);
    await using _ = closing(backend);
    const bucket = await backend.open('b', {});
    expect(await bucket.increment('NOSCRIPT', 1n, 's64')).toBe(1n);
    await raw.script('FLUSH');
    expect(await bucket.increment('NOSCRIPT', 1n, 's64')).toBe(2n);
  });

  test('kill -9 of the server under load: errors in time, recovery, and no acknowledged increment lost', async () => {
    await using server = await Server.start(redisServer);
    const told: string[] = [];
    const backend = await connect(server, { tell: (text) => told.push(text) });
    await using _ = closing(backend);
    await expectIncrementsToOutliveKills(server, backend, told, { clients: 32, before: 200 });
  });

  test('kill -9 of the server under load: what clients saw has an order that explains it', async () => {
    await using server = await Server.start(redisServer);
    const backend = await connect(server);
    await using _ = closing(backend);
    await expectHistoriesToOutliveKills(server, backend);
  });

  test('a server that does not answer is an error in time, and is used again when it does', async () => {
    await using server = await Server.start(redisServer);
    const backend = await connect(server);
    await using _ = closing(backend);
    await expectToOutliveFreeze(server, backend);
  });

  test('a server that is away at first is used once it is there', async () => {
    await using server = await Server.start(redisServer);
    await server.kill();
    const told: string[] = [];
    const backend = await connect(server, { tell: (text) => told.push(text) });
    await using _ = closing(backend);
    const bucket = await backend.open('b', {});
    const reason = await refusal(() => bucket.set('k', bytes('v')));
    expect(reason).toContain('ECONNREFUSED');
    expect(reason).toContain("key 'k' in bucket 'b'");
    await server.restart();
    await expect
      .poll(
        async () =>
          await Promise.resolve(bucket.set('k', bytes('v'))).then(
            () => true,
            () => false,
          ),
        { timeout: 5000 },
      )
      .toBe(true);
    expect(told.length).toBe(2);
  });

  test('a wrong password is an error without the password', async () => {
    await using server = await Server.start(redisServer, ['--requirepass', 'right']);
    const told: string[] = [];
    const tell = (text: string) => told.push(text);
    const backend = await connect(server, { tell, login: 'someone:s3cret%2F!@' });
    await using _ = closing(backend);
    const bucket = await backend.open('b', {});
    const error = await Promise.resolve(bucket.get('k')).catch((thrown: Error) => thrown);
    expect(String(error)).toContain('WRONGPASS');
    expect(JSON.stringify([error, Object.entries(error ?? {}), told])).not.toMatch(/s3cret/);
    const right = await connect(server, { login: ':right@' });
    await using __ = closing(right);
    expect(await (await right.open('b', {})).get('k')).toBeUndefined();
  });

  test('the database of the URL is used', async () => {
    await using server = await Server.start(redisServer);
    await using raw = rawClient(server);
    const backend = await connect(server, { query: '/3' });
    await using _ = closing(backend);
    await (await backend.open('b', {})).set('k', bytes('v'));
    await raw.select(3);
    expect(await raw.get('b:k')).toBe('v');
  });
});
