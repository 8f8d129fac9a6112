import { readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { createHost } from '../../host/index.ts';
import { Server } from '../../host/testing/servers/server.ts';
import { startHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { isInstalled, redisServer } from '../support/server.ts';

const probe = component('labels/label-probe', 'label-probe');
const of = (owner: string, name: string, config: Readonly<Record<string, string>> = {}) => ({
  namespace: 'wasi',
  package: owner,
  name,
  config,
});
const labels = [
  ...['cache', 'sessions', 'ledger', 'files'].map((name) => of('keyvalue', name)),
  ...['assets', 'uploads'].map((name) => of('blobstore', name)),
  of('config', 'colors', { COLOR: 'green' }),
];

test('a test says through which label it means a bucket or a container, and operations and snapshots have both in their names', async () => {
  await using host = await startHost({ component: probe, hostInterfaces: labels });
  await host.bucket('b', { label: 'cache' }).set('k', 'of the test');
  expect(await (await host.fetch('/kv?label=cache&bucket=b&key=k')).text()).toBe('of the test');
  expect(await (await host.fetch('/kv?label=sessions&bucket=b&key=k')).text()).toBe('nothing');
  await host.fetch('/kv?label=sessions&bucket=b&key=k&value=v');
  expect(await host.bucket('@sessions/b').getText('k')).toBe('v');
  await host.fetch('/blob?label=uploads&container=c&object=o&value=v');
  expect(await host.container('c', { label: 'uploads' }).getText('o')).toBe('v');
  expect(await host.identifiers()).toEqual(['@cache/b', '@sessions/b']);
  expect(await host.containers()).toEqual(['@uploads/c']);
  expect(host.operations()).toContainEqual(
    expect.objectContaining({ op: 'set', bucket: '@sessions/b', key: 'k' }),
  );
  const snapshot = await host.snapshot();
  await host.reset();
  expect(await host.identifiers()).toEqual([]);
  expect(await host.containers()).toEqual([]);
  await host.restore(snapshot);
  expect(String(await host.snapshot())).toBe(String(snapshot));
  expect(await (await host.fetch('/kv?label=cache&bucket=b&key=k')).text()).toBe('of the test');
  expect(() => host.bucket('b', { label: 'cahce' })).toThrow(
    'host.bucket: no import has the label "cahce"; there are cache, sessions, ledger, files.',
  );
});

test('a fault may be of one label', async () => {
  await using host = await startHost({ component: probe, hostInterfaces: labels });
  const fault = host.faults.add({ op: 'set', label: 'cache', error: 'other' });
  const set = async (label: string) => (await host.fetch(`/kv?label=${label}&bucket=b&key=k&value=v`)).status;
  expect(await set('sessions')).toBe(200);
  expect(await set('')).toBe(200);
  expect(await set('cache')).toBe(409);
  expect(fault.hits).toBe(1);
  host.faults.clear();
  host.faults.partition({ label: 'sessions', bucket: 'b' });
  expect(await set('cache')).toBe(200);
  expect(await set('sessions')).toBe(409);
});

test('the labels of a configuration file are there in a test, each in a store of the test', async () => {
  const entries = labels.map(
    ({ package: owner, name }) =>
      `    - { namespace: wasi, package: ${owner}, name: ${name}, config: ${
        owner === 'keyvalue' ? '{ backend: redis, url: "redis://127.0.0.1:1" }' : '{}'
      } }`,
  );
  await using project = await Project.create({
    '.wash/config.yaml': ['dev:', '  host_interfaces:', ...entries, ''].join('\n'),
  });
  for (const keyvalue of [{}, { default: { backend: 'sqlite' } }] as const) {
    await using host = await startHost({
      component: probe,
      configFile: `${project.folder}/.wash/config.yaml`,
      keyvalue,
    });
    await host.fetch('/kv?label=cache&bucket=b&key=k&value=1');
    await host.fetch('/kv?label=sessions&bucket=b&key=k&value=2');
    await host.fetch('/kv?bucket=b&key=k&value=3');
    expect(await (await host.fetch('/kv?label=cache&bucket=b&key=k')).text()).toBe('1');
    expect(await host.identifiers()).toEqual(['@cache/b', '@sessions/b', 'b']);
    await host.reset();
    expect(await host.identifiers()).toEqual([]);
  }
});

test('a component whose label nothing is said of does not start', async () => {
  await expect(startHost({ component: probe, hostInterfaces: labels.slice(1) })).rejects.toThrow(
    'no entry is for the import cache: wasi:keyvalue/store@0.2.0-draft.',
  );
});

describe.runIf(await isInstalled(redisServer))('a label in Redis', () => {
  test('has a place of the test without a prefix, which is removed, and keys of others stay what they are', async () => {
    await using redis = await Server.start(redisServer);
    const url = `redis://127.0.0.1:${redis.port}`;
    const client = new Redis(url);
    using _ = { [Symbol.dispose]: () => client.disconnect() };
    await client.set('k', 'of others');
    const sessions = of('keyvalue', 'sessions', { backend: 'redis', url });
    const hostInterfaces = [...labels.filter(({ name }) => name !== 'sessions'), sessions];
    {
      await using host = await startHost({ component: probe, hostInterfaces });
      const stored = await host.fetch('/kv?label=sessions&bucket=b&key=k&value=1');
      expect(await stored.text()).toBe('stored');
      // Identifiers are not told apart there, as outside of tests.
      expect(await (await host.fetch('/kv?label=sessions&bucket=c&key=k')).text()).toBe('1');
      expect(await host.identifiers()).toEqual(['@sessions/']);
      await host.reset();
      expect(await host.identifiers()).toEqual([]);
      await host.fetch('/kv?label=sessions&bucket=b&key=k&value=2');
    }
    expect(await client.keys('*')).toEqual(['k']);
    expect(await client.get('k')).toBe('of others');
  });

  test('is not emptied where the options name a prefix', async () => {
    await using redis = await Server.start(redisServer);
    const url = `redis://127.0.0.1:${redis.port}`;
    const sessions = of('keyvalue', 'sessions', { backend: 'redis', url, prefix: 'shop:' });
    const hostInterfaces = [...labels.filter(({ name }) => name !== 'sessions'), sessions];
    await using host = await startHost({ component: probe, hostInterfaces });
    await host.bucket('any', { label: 'sessions' }).set('k', '1');
    await expect(host.reset()).rejects.toThrow(
      /reset\(\) would empty data that the options name: redis .*shop:/,
    );
    const client = new Redis(url);
    using _ = { [Symbol.dispose]: () => client.disconnect() };
    expect(await client.keys('*')).toEqual(['shop:k']);
  });
});

test('a host whose options change gives labels other stores', async () => {
  await using project = await Project.create();
  await using host = await createHost({
    component: probe,
    hostInterfaces: labels,
    directory: project.folder,
  });
  const get = async (): Promise<string> => await (await host.fetch('/kv?label=cache&bucket=b&key=k')).text();
  await host.fetch('/kv?label=cache&bucket=b&key=k&value=1');
  const files = of('keyvalue', 'cache', { backend: 'filesystem', root: 'cache' });
  await host.setOptions({ hostInterfaces: [files, ...labels.slice(1)] });
  expect(await get()).toBe('nothing');
  await host.fetch('/kv?label=cache&bucket=b&key=k&value=2');
  expect(await readFile(`${project.folder}/cache/b/k`, 'utf8')).toBe('2');
  await expect(host.setOptions({ hostInterfaces: labels.slice(1) })).rejects.toThrow(
    'no entry is for the import cache',
  );
  expect(await get()).toBe('2');
});
