import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Server } from '../../host/testing/servers/server.ts';
import { TemporaryFolder } from '../../host/testing/stores/temporary-folder.ts';
import { backends, explore, startHost, type TestHostOptions } from '../../host/testing.ts';
import { hostTest } from '../../host/vitest.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { isInstalled, natsServer, redisServer } from '../support/server.ts';

const counter = component('kv-counter');
const visit = async (host: Awaited<ReturnType<typeof startHost>>): Promise<string> =>
  await (await host.fetch('/visits')).text();

/** What `kvasi dev` has in a project, kept as a user's. */
async function developedProject(): Promise<Project> {
  const project = await Project.create();
  for (const [backend, path] of [
    ['sqlite', '.kvasi/state/kv.db'],
    ['filesystem', '.kvasi/state/files'],
  ] as const) {
    const keyvalue = { default: { backend, path } };
    await using host = await startHost({ component: counter, directory: project.folder, keyvalue });
    await visit(host);
  }
  return project;
}

describe.each(['sqlite', 'filesystem'] as const)('%s without a path', (backend) => {
  test.each([
    ['in the short form', { default: backend }],
    ['as a section', { default: { backend } }],
    ['of one identifier', { counters: { backend } }],
    ['of all others', { default: 'in_memory', '*': { backend, ttl: '60s' } }],
  ] as const)('%s is of that host alone', async (_, keyvalue) => {
    await using project = await developedProject();
    const options = { component: counter, directory: project.folder, keyvalue };
    await using host = await startHost(options);
    expect(await visit(host)).toBe('1\n');
    await using other = await startHost(options);
    expect(await visit(other)).toBe('1\n');
    await host.reset();
    expect(await other.bucket('counters').getText('visits')).toBe('1');
    for (const path of ['.kvasi/state/kv.db', '.kvasi/state/files']) {
      const kept = { default: { backend: path.endsWith('.db') ? 'sqlite' : 'filesystem', path } } as const;
      await using developed = await startHost({ ...options, keyvalue: kept });
      expect(await developed.bucket('counters').getText('visits'), path).toBe('1');
    }
  });
});

test('what a host has in files of its own is gone when it is closed', async () => {
  await using project = await Project.create();
  await using before = new TemporaryFolder('before');
  expect(before.path).not.toContain(project.folder);
  const temporary = process.env.TMPDIR;
  process.env.TMPDIR = project.folder;
  try {
    const keyvalue = { default: 'sqlite', files: { backend: 'filesystem' } } as const;
    const host = await startHost({ component: counter, keyvalue });
    await visit(host);
    await host.bucket('files').set('k', 'v');
    expect(await readdir(project.folder)).toHaveLength(1);
    await host.close();
    expect(await readdir(project.folder)).toEqual([]);
    await expect(startHost({ component: 'nothing.wasm', keyvalue })).rejects.toThrow('does not exist');
    expect(await readdir(project.folder)).toEqual([]);
  } finally {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
  }
});

describe('data that the options name', () => {
  const start = async (project: Project, more: Partial<TestHostOptions> = {}) =>
    await startHost({
      component: counter,
      directory: project.folder,
      keyvalue: { default: { backend: 'sqlite', path: '.kvasi/state/kv.db' } },
      ...more,
    });

  test('is used, and neither emptied nor replaced', async () => {
    await using project = await developedProject();
    {
      await using host = await start(project);
      expect(host.ownsData).toBe(false);
      expect(await visit(host)).toBe('2\n');
      const snapshot = await host.snapshot();
      expect(String(snapshot)).toContain('"visits","value":"2"');
      const advice = /would empty data that the options name: sqlite .*kv\.db\. Leave path .*ownsData: true/;
      await expect(host.reset()).rejects.toThrow(advice);
      await expect(host.restore(snapshot)).rejects.toThrow(advice);
      await expect(host.reset()).rejects.toMatchObject({ name: 'HostError' });
      expect(host.operations()).toHaveLength(1);
    }
    const requests = ['/visits'];
    const keyvalue = {
      default: { backend: 'sqlite', path: join(project.folder, '.kvasi/state/kv.db') },
    } as const;
    await expect(explore({ component: counter, keyvalue, requests, check: () => {} })).rejects.toThrow(
      'ownsData: true',
    );
    await using host = await start(project);
    expect(await host.bucket('counters').getText('visits')).toBe('2');
  });

  test('is emptied where the test may: all of it, also what no one has opened', async () => {
    await using project = await developedProject();
    await using host = await start(project, { ownsData: true });
    expect(host.ownsData).toBe(true);
    expect(String(await host.snapshot())).toContain('"visits","value":"1"');
    await host.reset();
    expect(String(await host.snapshot())).toBe('');
    expect(await visit(host)).toBe('1\n');
  });

  test('is left where the component could not open it', async () => {
    await using project = await developedProject();
    const keyvalue = {
      default: { backend: 'sqlite', path: '.kvasi/state/kv.db' },
      counters: 'deny',
    } as const;
    {
      await using host = await start(project, { ownsData: true, keyvalue });
      expect(String(await host.snapshot())).toBe('');
      await host.reset();
    }
    await using host = await start(project);
    expect(await host.bucket('counters').getText('visits')).toBe('1');
  });
});

const kept = await Project.create();
afterAll(() => kept[Symbol.asyncDispose]());
const onData = (ownsData: boolean) =>
  hostTest({
    component: counter,
    ownsData,
    keyvalue: { default: { backend: 'sqlite', path: join(kept.folder, 'kept.db') } },
  });

onData(false)('a test of the fixture leaves what it does not own', async ({ host }) => {
  expect(await visit(host)).toBe('1\n');
});
onData(false)('and so the next one finds it', async ({ host }) => {
  expect(await visit(host)).toBe('2\n');
});
onData(true)('one that may empty it begins with empty buckets', async ({ host }) => {
  expect(await visit(host)).toBe('1\n');
});

describe.each(['in_memory', 'filesystem', 'sqlite', 'redis', 'nats'] as const)('on %s', (name) => {
  test('a reset empties what hosts before have left, whatever was opened', async () => {
    for (const backend of await backends(name)) {
      await using _ = backend;
      const entry = { ...(await backend.entry()) };
      const keyvalue = { default: entry, secret: { ...entry, ttl: '60s' } };
      const odd = [
        '',
        'a:b',
        'a/b',
        '..',
        'äö',
        'A',
        'a',
        'x%3Ay',
        '%25',
        'a=3A',
        'with space',
        'n'.repeat(200),
      ];
      const fill = async (host: Awaited<ReturnType<typeof startHost>>): Promise<void> => {
        for (const bucket of [...odd, 'secret']) await host.bucket(bucket).set('k', 'v');
        await visit(host);
      };
      const everything = [...odd, 'secret', 'counters'].sort();
      await using before = await startHost({ component: counter, keyvalue });
      await fill(before);
      await using host = name === 'in_memory' ? before : await startHost({ component: counter, keyvalue });
      expect([...(await host.snapshot()).buckets.keys()]).toEqual(everything);
      await host.reset();
      expect(String(await host.snapshot())).toBe('');
      expect(await visit(host)).toBe('1\n');
      for (const bucket of everything)
        if (bucket !== 'counters') expect(await host.bucket(bucket).keys()).toEqual([]);
    }
  });

  test('what has expired by a clock that was moved does not come back with a reset', async () => {
    for (const backend of await backends(name)) {
      await using _ = backend;
      const keyvalue = { default: { ...(await backend.entry()), ttl: '60s' } };
      await using host = await startHost({ component: counter, keyvalue });
      await visit(host);
      host.clock.advance('61s');
      expect(await host.bucket('counters').keys()).toEqual([]);
      await host.reset();
      expect(await host.bucket('counters').keys()).toEqual([]);
    }
  });

  test('entries of one backend share nothing', async () => {
    for (const backend of await backends(name)) {
      await using _ = backend;
      const start = async () =>
        await startHost({ component: counter, keyvalue: { default: { ...(await backend.entry()) } } });
      await using first = await start();
      await using second = await start();
      await visit(first);
      expect(String(await second.snapshot())).toBe('');
      await second.reset();
      expect(await first.bucket('counters').getText('visits')).toBe('1');
    }
  });
});

describe.each([
  ['redis', redisServer],
  ['nats', natsServer],
] as const)('%s with a url and no prefix', (name, kind) => {
  test('is of that host alone, and nothing is left of it', async ({ skip }) => {
    if (!(await isInstalled(kind))) return skip(`${kind.command} is not installed`);
    await using server = await Server.start(kind);
    const url = `${name}://127.0.0.1:${server.port}`;
    // A prefix, even an empty one, names what others have there.
    const real = { component: counter, keyvalue: { default: { backend: name, url, prefix: '' } } };
    await using developed = await startHost(real);
    await visit(developed);
    const options = {
      component: counter,
      keyvalue: { default: { backend: name, url }, others: { backend: name, url, ttl: '60s' } },
    };
    {
      await using host = await startHost(options);
      expect(await visit(host)).toBe('1\n');
      await host.bucket('others').set('k', 'v');
      await using other = await startHost(options);
      expect(await visit(other)).toBe('1\n');
      await host.reset();
      expect(String(await host.snapshot())).toBe('');
      expect(await other.bucket('counters').getText('visits')).toBe('1');
      await expect(host.bucket('counters').set('k'.repeat(70_000), 'v')).rejects.not.toThrow('kvasi-test-');
    }
    await using after = await startHost(real);
    expect([...(await after.snapshot()).buckets.keys()]).toEqual(['counters']);
    expect(await after.bucket('counters').getText('visits')).toBe('1');
    await expect(after.reset()).rejects.toThrow(/would empty data that the options name: (redis|nats) /);
    const { identifiers } = await bucketsOn(name, url);
    expect(identifiers).toEqual(['counters']);
    // docs/testing.md warns of it: a prefix owns what begins with it.
    const owner = async (prefix: string) =>
      await startHost({
        component: counter,
        keyvalue: { default: { backend: name, url, prefix } },
        ownsData: true,
      });
    for (const [prefix, longer, left] of [
      ['shop', 'shop-live', undefined],
      ['shop:', 'shop-live:', 'v'],
    ] as const) {
      await using live = await owner(longer);
      await live.bucket('counters').set('k', 'v');
      await using host = await owner(prefix);
      await host.reset();
      expect(await live.bucket('counters').getText('k')).toBe(left);
    }
  });
});

/** What is there, whoever has made it. */
async function bucketsOn(name: 'redis' | 'nats', url: string): Promise<{ identifiers: string[] }> {
  const { loadBackend } = await import('../../host/interfaces/keyvalue/backends/registry.ts');
  const context = { now: Date.now, operationTimeout: 5000, tell: () => {} };
  const backend = await (await loadBackend(name)).connect({ url }, context);
  try {
    return { identifiers: [...((await backend.buckets?.('')) ?? [])] };
  } finally {
    await backend.close();
  }
}

test('a module has buckets of that host alone', async () => {
  await using project = await Project.create();
  await writeFile(join(project.folder, 'shelf.ts'), shelf);
  const url = new URL('../../host/backend.ts', import.meta.url).href;
  await project.write('shelf.ts', shelf.replace("'kvasi/backend'", JSON.stringify(url)));
  const start = async (entry: object, more: Partial<TestHostOptions> = {}) =>
    await startHost({
      component: counter,
      directory: project.folder,
      keyvalue: { default: { backend: './shelf.ts', file: join(project.folder, 'shelf.db'), ...entry } },
      ...more,
    });
  {
    await using developed = await start({ prefix: '' });
    await visit(developed);
  }
  {
    await using host = await start({});
    expect(await visit(host)).toBe('1\n');
    await host.reset();
    expect(await visit(host)).toBe('1\n');
  }
  await using developed = await start({ prefix: '' });
  expect(await developed.bucket('counters').getText('visits')).toBe('1');
  await expect(developed.reset()).rejects.toThrow('ownsData');
  expect(existsSync(join(project.folder, 'shelf.db'))).toBe(true);
});

/** A module that keeps its buckets in a file, and can't tell which there are. */
const shelf = `
import { defineBackend } from 'kvasi/backend';
import { sqlite } from ${JSON.stringify(new URL('../../host/interfaces/keyvalue/backends/sqlite/sqlite.ts', import.meta.url).href)};
export default defineBackend({
  ...sqlite,
  name: 'shelf',
  options: { '~standard': { version: 1, vendor: 'shelf', validate: (value) => ({ value }) } },
  async connect({ file }, context) {
    const backend = await sqlite.connect({ path: file }, context);
    return { open: (name, settings) => backend.open(name, settings), close: () => backend.close() };
  },
});
`;
