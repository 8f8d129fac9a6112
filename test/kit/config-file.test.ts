import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startHost, type TestHostOptions } from '../../host/testing.ts';
import { describeBackends } from '../../host/vitest.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const misbehave = component('misbehave');
const counter = component('kv-counter');

/** A project as `kvasi dev` serves it. */
const file = `
dev:
  component_path: ${misbehave}
  instances: reuse
  requestTimeout: 1s
  limits: { memory: 64MiB }
  volumes:
    - { host_path: data, guest_path: /data }
  keyvalue:
    default: { backend: sqlite, path: .kvasi/state/kv.db, ttl: 60s }
    sessions: { backend: redis, url: "redis://127.0.0.1:1", prefix: "s:", ttl: 5s, counters: wash }
    secrets: deny
    "*": no-such-store
workload:
  environment:
    config: { GREETING: hello, NAME: world }
    configFrom: [more]
  config: { theme: dark }
configs:
  more: { fromEnv: [FROM_THE_TEST] }
`;

async function project(text = file): Promise<Project> {
  const made = await Project.create({ '.wash/config.yaml': text });
  await mkdir(join(made.folder, 'data'));
  return made;
}

async function start(in_: Project, options: Partial<TestHostOptions> = {}) {
  return await startHost({ directory: in_.folder, config: '.wash/config.yaml', ...options });
}

const environmentOf = async (host: Awaited<ReturnType<typeof startHost>>): Promise<unknown> => {
  const { environment } = (await (await host.fetch('/environment')).json()) as { environment: unknown };
  return environment;
};

test('a host is as the configuration file says, with its stores in memory', async () => {
  process.env.FROM_THE_TEST = 'passed on';
  // What says how `kvasi dev` is to be run says nothing here.
  process.env.KVASI_BACKEND = 'sqlite:elsewhere.db';
  process.env.KVASI_REQUEST_TIMEOUT = '1ms';
  try {
    await using made = await project();
    await using host = await start(made);
    const environment = JSON.stringify(await environmentOf(host));
    for (const part of ['GREETING', 'hello', 'NAME', 'world', 'FROM_THE_TEST', 'passed on']) {
      expect(environment).toContain(part);
    }
    expect(host.ownsData).toBe(true);
    await host.bucket('default').set('k', 'v');
    await host.bucket('sessions').set('k', 'v');
    await expect(host.bucket('secrets').get('k')).rejects.toThrow('denied');
    await expect(host.bucket('others').get('k')).rejects.toThrow("there is no bucket 'others'");
    host.clock.advance('6s');
    expect(await host.bucket('sessions').keys()).toEqual([]);
    expect(await host.bucket('default').keys()).toEqual(['k']);
    host.clock.advance('55s');
    expect(await host.bucket('default').keys()).toEqual([]);
    expect([await leaks(host), await leaks(host)]).toEqual([1, 2]);
    expect((await host.fetch('/sleep?ms=20000')).status).toBe(504);
    await host.reset();
  } finally {
    delete process.env.FROM_THE_TEST;
    delete process.env.KVASI_BACKEND;
    delete process.env.KVASI_REQUEST_TIMEOUT;
  }
});

const leaks = async (host: Awaited<ReturnType<typeof startHost>>): Promise<number> =>
  Number(await (await host.fetch('/leak')).text());

test('volumes and limits are those of the file, but for those that the options name', async () => {
  await using made = await project(file.replace('configFrom: [more]', ''));
  await mkdir(join(made.folder, 'other'));
  await made.write('data/a.txt', 'from the file');
  await made.write('other/a.txt', 'from the options');
  const read = async (options: Partial<TestHostOptions>): Promise<string> => {
    await using host = await start(made, { component: component('files'), ...options });
    const calls = ['preopens', 'open f root a.txt - - r', 'read f 100 0'].join('\n');
    return await (await host.fetch('/', { method: 'POST', body: calls })).text();
  };
  expect(await read({})).toMatch(/^ok \/data\nok\nok 13 from the file/);
  expect(await read({ volumes: { '/more': 'other' } })).toMatch(
    /^ok \/data.*\/more\nok\nok 13 from the file/,
  );
  expect(await read({ volumes: { '/data': 'other' } })).toMatch(/^ok \/data\nok\nok 16 from the options/);
  const memoryOf = async (limits: TestHostOptions['limits']): Promise<number> => {
    await using host = await start(made, {
      ...(limits === undefined ? {} : { limits }),
      requestTimeout: '30s',
    });
    return (await host.fetch('/memory?mib=100')).status;
  };
  expect(await memoryOf(undefined)).toBe(500);
  expect(await memoryOf({ memory: '256MiB' })).toBe(200);
});

describe('what the options say wins', () => {
  const plain = file.replace('configFrom: [more]', '');

  test('by name', async () => {
    await using made = await project(plain);
    await using host = await start(made, {
      config: { theme: 'light' },
      configFile: '.wash/config.yaml',
      environment: { NAME: 'test' },
      instances: 'fresh',
      requestTimeout: '20s',
      keyvalue: { sessions: 'deny', '*': 'in_memory', more: { backend: 'filesystem' } },
    });
    const environment = JSON.stringify(await environmentOf(host));
    expect(environment).toContain('hello');
    expect(environment).toContain('test');
    expect(environment).not.toContain('world');
    expect([await leaks(host), await leaks(host)]).toEqual([1, 1]);
    await expect(host.bucket('sessions').get('k')).rejects.toThrow('denied');
    await expect(host.bucket('secrets').get('k')).rejects.toThrow('denied');
    await host.bucket('others').set('k', 'v');
    await host.bucket('more').set('k', 'v');
    host.clock.advance('70s');
    expect(await host.bucket('others').keys()).toEqual(['k']);
  });

  test('also of which component it is', async () => {
    await using made = await project(plain);
    await using host = await start(made, { component: counter, keyvalue: { counters: 'in_memory' } });
    expect(await (await host.fetch('/visits')).text()).toBe('1\n');
  });

  test('and the default store is that of all identifiers of the file, for this host alone', async () => {
    await using made = await project(plain);
    const options = {
      component: counter,
      keyvalue: { default: 'sqlite', counters: { backend: 'sqlite' } },
    } as const;
    await using host = await start(made, options);
    await host.bucket('sessions').set('k', 'v');
    await host.bucket('default').set('k', 'v');
    await (await host.fetch('/visits')).text();
    await using other = await start(made, options);
    expect(String(await other.snapshot())).toBe('');
    host.clock.advance('6s');
    expect([...(await host.snapshot()).buckets.keys()]).toEqual(['counters', 'default']);
    await host.reset();
  });
});

const shared = await project(file.replace('configFrom: [more]', '').replace('"*": no-such-store', ''));
afterAll(() => shared[Symbol.asyncDispose]());
await describeBackends(
  ['in_memory', 'sqlite', 'redis'],
  { component: counter, directory: shared.folder, config: '.wash/config.yaml' },
  (it, backend) => {
    it('the rules of the file hold on every backend', async ({ host }) => {
      await host.bucket('sessions').set('k', 'v');
      await (await host.fetch('/visits')).text();
      await expect(host.bucket('secrets').get('k')).rejects.toThrow('denied');
      host.clock.advance('6s');
      expect([...(await host.snapshot()).buckets.keys()], backend).toEqual(['counters']);
      host.clock.advance('60s');
      expect([...(await host.snapshot()).buckets.keys()]).toEqual([]);
    });
  },
);

test('what is wrong is told with its place, and what is missing with what to do', async () => {
  await using made = await project('dev:\n  keyvalue:\n    a: { backend: redsi }\n');
  await expect(start(made)).rejects.toThrow(
    /config\.yaml:3:19: dev\.keyvalue\.a\.backend is "redsi"\. Expected/,
  );
  await expect(start(made, { config: 'nowhere.yaml' })).rejects.toThrow(
    'nowhere.yaml does not exist. Name one that is there.',
  );
  await using empty = await project('dev: {}\n');
  await expect(start(empty)).rejects.toThrow(
    /startHost got no component\. Name its \.wasm as component, or as dev\.component_path in .*config\.yaml/,
  );
  await expect(startHost({})).rejects.toThrow('startHost got no component. Name its .wasm as component.');
  await expect(start(empty, { configFile: 'other.yaml' })).rejects.toThrow('two configuration files');
});
