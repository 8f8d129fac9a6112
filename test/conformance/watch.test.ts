import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../host/interfaces/keyvalue/backends/backend.ts';
import { loadBackend } from '../../host/interfaces/keyvalue/backends/registry.ts';
import type { KeySettings, UniformBackend } from '../../host/interfaces/keyvalue/backends/uniform-backend.ts';
import { bytes } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { Project } from '../support/project.ts';
import { isInstalled, natsServer, redisServer, Server } from '../support/server.ts';

type Name = 'sqlite' | 'filesystem' | 'redis' | 'nats';

/** A store, and hosts of it. */
interface Store extends AsyncDisposable {
  connect(): Promise<UniformBackend>;
}

const context = { now: Date.now, operationTimeout: 5000, tell: () => {} };

async function storeOf(name: Name, flags = 'KA'): Promise<Store> {
  const stack = new AsyncDisposableStack();
  let options: object;
  if (name === 'redis' || name === 'nats') {
    const server = stack.use(await Server.start(name === 'redis' ? redisServer : natsServer));
    options = { url: `${name}://127.0.0.1:${server.port}` };
    if (name === 'redis') {
      const raw = new Redis(server.port, '127.0.0.1');
      await raw.config('SET', 'notify-keyspace-events', flags);
      await raw.quit();
    }
  } else {
    const project = stack.use(await Project.create());
    options = { path: `${project.folder}/${name}` };
  }
  return {
    async connect() {
      const backend: UniformBackend & Backend<KeySettings> = await connectDefinition(
        await loadBackend(name),
        options,
        context,
      );
      stack.defer(async () => await backend.close());
      return backend;
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

const installed = { redis: await isInstalled(redisServer), nats: await isInstalled(natsServer) };

describe.each(['sqlite', 'filesystem', 'redis', 'nats'] as const)(
  'a bucket in %s that is watched',
  (name) => {
    const isThere = name === 'redis' || name === 'nats' ? installed[name] : true;

    test.runIf(isThere)(
      'tells what another host sets, adds to, swaps and deletes, and nothing of other keys',
      async () => {
        await using store = await storeOf(name);
        const [watching, other] = [await store.connect(), await store.connect()];
        const settings = { prefix: 'mine:' };
        const theirs = await other.open('b', settings);
        await theirs.set('before', bytes('1'));
        const told: string[] = [];
        const bucket = await watching.open('b', settings);
        const stop = await bucket.watch?.({
          changed: (key) => told.push(key),
          failed: (reason) => told.push(reason),
        });
        // Redis is asked and subscribed to.
        if (name === 'redis') await sleep(200);
        await (await other.open('b', {})).set('not mine', bytes('1'));
        await (await other.open('other', settings)).set('elsewhere', bytes('1'));
        await theirs.set('ä/ö', bytes('1'));
        await expect.poll(() => told, { timeout: 5000 }).toContain('ä/ö');
        await theirs.increment('n', 1n, 's64');
        await theirs.setIfVersion('swapped', bytes('2'), (await theirs.getVersioned('swapped')).version);
        await theirs.delete('before');
        await theirs.setMany?.([['many', bytes('1')]]);
        for (const key of ['n', 'swapped', 'before', 'many'])
          await expect.poll(() => told, { timeout: 5000 }).toContain(key);
        expect([...new Set(told)].sort()).toEqual(['before', 'many', 'n', 'swapped', 'ä/ö']);
        stop?.();
        told.length = 0;
        await theirs.set('after', bytes('1'));
        await sleep(700);
        expect(told).toEqual([]);
      },
    );

    test.runIf(isThere && name !== 'nats')('tells that a key has ended', async () => {
      await using store = await storeOf(name);
      const bucket = await (await store.connect()).open('b', {});
      const told: string[] = [];
      await bucket.set('short', bytes('1'), 800);
      const stop = await bucket.watch?.({
        changed: (key) => told.push(key),
        failed: (reason) => told.push(reason),
      });
      await expect.poll(() => told, { timeout: 6000 }).toEqual(['short']);
      expect(await bucket.get('short')).toBeUndefined();
      stop?.();
    });
  },
);

test.runIf(installed.redis)('a Redis that tells of nothing is complained of, with what to do', async () => {
  await using store = await storeOf('redis', '');
  const bucket = await (await store.connect()).open('b', {});
  const reasons: string[] = [];
  const stop = await bucket.watch?.({ changed: () => {}, failed: (reason) => reasons.push(reason) });
  await expect
    .poll(() => reasons.join())
    .toMatch(/redis at .* does not tell of all changes .*CONFIG SET notify-keyspace-events KA/);
  stop?.();
});
