import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { KvasiDev as KvasiProcess } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { isInstalled, natsServer, redisServer, Server } from '../support/server.ts';

const probe = component('labels/label-probe', 'label-probe');
const probeAsync = component('labels/label-probe-async', 'label-probe-async');

/** An entry of `dev.host_interfaces`, on a line of its own. */
const entry = (of: string, name: string, config: string): string => {
  const [namespace, owner] = of.split(':');
  const named = name === '' ? '' : `, name: ${name}`;
  return `    - { namespace: ${namespace}, package: ${owner}, interfaces: [store]${named}, config: { ${config} } }`;
};

/** What the guest of these tests needs besides. */
const others = [
  entry('wasi:keyvalue', 'ledger', 'backend: sqlite, path: .kvasi/state/ledger.db'),
  entry('wasi:keyvalue', 'files', 'backend: filesystem, root: shared'),
  entry('wasi:blobstore', 'assets', 'backend: filesystem, root: assets'),
  entry('wasi:blobstore', 'uploads', ''),
  entry('wasi:config', 'colors', 'COLOR: green'),
];

const configOf = (...lines: string[]): string => ['dev:', '  host_interfaces:', ...lines, ''].join('\n');

const projectOf = (config: string): Promise<Project> => Project.create({ '.wash/config.yaml': config });

const set = async (
  kvasi: KvasiDev,
  label: string,
  value: string,
  where = 'bucket=b&key=k',
): Promise<void> => {
  const path = `/kv?label=${label}&${where}&value=${value}`;
  expect(await kvasi.text(path)).toBe('stored');
};

const inspectorOf = async (kvasi: KvasiDev, path: string): Promise<URL> =>
  new URL(path, /http\S+/.exec(await kvasi.until(/inspector +http\S+/))?.[0]);

const get = (kvasi: KvasiDev, label: string, where = 'bucket=b&key=k'): Promise<string> =>
  kvasi.text(`/kv?label=${label}&${where}`);

test('an error of a store that keeps one bucket for all has the name that the component opened', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  await using project = await projectOf(
    configOf(
      entry('wasi:keyvalue', 'cache', ''),
      entry('wasi:keyvalue', 'sessions', `backend: redis, url: "${url}"`),
      ...others,
    ),
  );
  await using kvasi = await KvasiDev.start([probe], { cwd: project.folder });
  expect(await get(kvasi, 'sessions', 'bucket=carts&key=k')).toContain(
    "of key 'k' in bucket 'carts': redis at",
  );
});

describe.runIf(await isInstalled(redisServer))(
  'with a store in memory, in Redis, in SQLite and in files',
  () => {
    test('each label has the store of its entry, and imports without a label have what dev.keyvalue says', async () => {
      await using redis = await Server.start(redisServer);
      const url = `redis://127.0.0.1:${redis.port}`;
      const config = configOf(
        entry('wasi:keyvalue', 'cache', ''),
        entry('wasi:keyvalue', 'sessions', `backend: redis, url: "${url}", prefix: "s:"`),
        ...others,
        '  keyvalue: { default: { backend: sqlite, path: .kvasi/state/default.db } }',
        'workload: { config: { COLOR: red } }',
      );
      await using project = await projectOf(config);
      await using kvasi = await KvasiDev.start([probe, '--verbose'], { cwd: project.folder });
      const labels = ['', 'cache', 'sessions', 'ledger', 'files'];
      for (const label of labels) await set(kvasi, label, `of-${label}`);
      expect(await Promise.all(labels.map((label) => get(kvasi, label)))).toEqual(
        labels.map((label) => `of-${label}`),
      );

      // As wash lays them out: the keys of Redis have no bucket in their names.
      const client = new Redis(url);
      using _ = { [Symbol.dispose]: () => client.disconnect() };
      expect(await client.keys('*')).toEqual(['s:k']);
      await client.set('s:other', 'of others');
      expect(await get(kvasi, 'sessions', 'bucket=any&key=other')).toBe('of others');
      expect(await kvasi.text('/keys?label=sessions&bucket=b')).toBe('k other');
      expect(await readFile(join(project.folder, 'shared/b/k'), 'utf8')).toBe('of-files');

      // Atomic operations follow the bucket that they are given.
      expect(await kvasi.text('/add?bucket=b&key=count')).toBe('1');
      expect(await get(kvasi, '', 'bucket=b&key=count')).toBe('1');
      expect(await get(kvasi, 'ledger', 'bucket=b&key=count')).toBe('nothing');

      expect(await kvasi.text('/blob?label=assets&container=c&object=o&value=of-assets')).toBe('stored');
      expect(await kvasi.text('/blob?label=uploads&container=c&object=o&value=of-uploads')).toBe('stored');
      expect(await kvasi.text('/blob?container=c&object=o&value=of-none')).toBe('stored');
      expect(await kvasi.text('/blob?label=assets&container=c&object=o')).toBe('of-assets');
      expect(await kvasi.text('/blob?label=uploads&container=c&object=o')).toBe('of-uploads');
      expect(await kvasi.text('/blob?container=c&object=o')).toBe('of-none');
      expect(await readFile(join(project.folder, 'assets/c/o'), 'utf8')).toBe('of-assets');

      expect(await kvasi.text('/value?label=colors&key=COLOR')).toBe('green');
      expect(await kvasi.text('/value?key=COLOR')).toBe('red');

      // Everybody calls them by the same names.
      await kvasi.until(/@sessions\/b\/k/);
      await kvasi.until(/@assets\/c\/o/);
      const kv = (...args: string[]) => runKvasi(['kv', ...args], { cwd: project.folder });
      await kvasi.until(/inspector +http/);
      expect(await kv('get', '@cache/b', 'k')).toMatchObject({ code: 0, stdout: 'of-cache' });
      expect(await kv('get', '@sessions/b', 'k')).toMatchObject({ code: 0, stdout: 'of-sessions' });
      expect((await kv('buckets')).stdout.split('\n')).toEqual(
        expect.arrayContaining(['@cache/b', '@files/b', '@ledger/b', 'b']),
      );
      const listed = await runKvasi(['blob', 'list'], { cwd: project.folder });
      expect(listed.stdout).toContain('@assets/c');
      expect(listed.stdout).toContain('@uploads/c');
      const described = await (
        await fetch(await inspectorOf(kvasi, '/api/v1/bucket?bucket=@sessions/b'))
      ).json();
      expect(described).toMatchObject({
        backend: 'redis',
        place: `redis ${url} (flat, prefix "s:")`,
        opened: true,
      });

      // Without a host, what is not in memory.
      await kvasi.stop();
      expect(await kv('get', '@ledger/b', 'k')).toMatchObject({ code: 0, stdout: 'of-ledger' });
      expect(await kv('get', '@cache/b', 'k')).toMatchObject({ code: 1 });
      expect((await kv('buckets')).stdout).toBe('@files/b\n@ledger/b\n@sessions/\nb\n');
      const alone = await runKvasi(['blob', 'list'], { cwd: project.folder });
      expect(alone).toMatchObject({ code: 0, stdout: '@assets/c\n' });
    });
  },
);

test('labels in memory are apart from one another and from what has none, also for whoever knows their names', async () => {
  await using project = await projectOf(
    configOf(
      entry('wasi:keyvalue', 'cache', ''),
      entry('wasi:keyvalue', 'sessions', 'backend: in-memory'),
      ...others,
    ),
  );
  await using kvasi = await KvasiDev.start([probe], { cwd: project.folder });
  await set(kvasi, 'cache', 'one');
  await set(kvasi, 'sessions', 'two');
  expect(await get(kvasi, 'cache')).toBe('one');
  expect(await get(kvasi, '')).toBe('nothing');
  const answer = await kvasi.fetch('/kv?bucket=@cache/b&key=k');
  expect(answer.status).toBe(409);
  expect(await answer.text()).toBe('Error::NoSuchStore');
  // Of no label that there is.
  await set(kvasi, '', 'mine', 'bucket=@none/b&key=k');
  expect(await get(kvasi, '', 'bucket=@none/b&key=k')).toBe('mine');
  const container = await kvasi.fetch('/blob?container=@uploads/c&object=o&value=x');
  expect(container.status).toBe(409);
  expect(await container.text()).toContain('is reached through the import with its label alone');
});

test('an entry without a name has the imports without a label', async () => {
  await using project = await projectOf(
    configOf(
      entry('wasi:keyvalue', '', 'backend: filesystem, root: plain'),
      entry('wasi:keyvalue', 'cache', ''),
      entry('wasi:keyvalue', 'sessions', ''),
      entry('wasi:config', '', 'COLOR: blue'),
      ...others,
      'workload: { config: { COLOR: red, SHAPE: round } }',
    ),
  );
  await using kvasi = await KvasiDev.start([probe], { cwd: project.folder });
  await set(kvasi, '', 'here');
  expect(await readFile(join(project.folder, 'plain/b/k'), 'utf8')).toBe('here');
  expect(await kvasi.text('/value?key=COLOR')).toBe('blue');
  expect(await kvasi.text('/value?key=SHAPE')).toBe('round');
});

test('buckets of wasmcloud:keyvalue from different labels are of one type, and atomics, cas and batch work on each where it is', async () => {
  const labels = ['cache', 'sessions'];
  await using project = await projectOf(
    configOf(
      entry('wasmcloud:keyvalue', 'cache', ''),
      entry('wasmcloud:keyvalue', 'sessions', 'backend: sqlite, path: sessions.db'),
    ),
  );
  await using kvasi = await KvasiDev.start([probeAsync], { cwd: project.folder });
  for (const label of labels) {
    const to = `label=${label}&bucket=b`;
    expect(await kvasi.text(`/set?${to}&key=k&value=${label}`)).toBe('stored');
    expect(await kvasi.text(`/add?${to}&key=n`)).toBe('1');
    expect(await kvasi.text(`/swap?${to}&key=k&value=${label}-2`)).toBe('CasResult::Swapped');
    expect(await kvasi.text(`/many?${to}&key=k,n,none`)).toBe(`${label}-2 1 nothing`);
  }
  expect(await kvasi.text('/many?bucket=b&key=k,n')).toBe('nothing nothing');
});

describe('what wash refuses is refused, with its place', () => {
  const cache = entry('wasi:keyvalue', 'cache', '');
  test.each([
    [
      'two entries of a package without a name',
      [entry('wasi:keyvalue', '', ''), entry('wasi:keyvalue', '', '')],
      '.wash/config.yaml:4:7: dev.host_interfaces[1] of wasi:keyvalue has no name, as dev.host_interfaces[0] has none. Only one entry of a package may be without; name the label of an import.',
    ],
    [
      'the same name twice',
      [cache, cache],
      /^\.wash\/config\.yaml:4:\d+: dev\.host_interfaces\[1\]\.name is "cache", as that of dev\.host_interfaces\[0\] of wasi:keyvalue is\. Expected a name of its own\.$/,
    ],
    [
      'a name that is no label',
      [entry('wasi:keyvalue', 'Cache_1', '')],
      /^\.wash\/config\.yaml:3:\d+: dev\.host_interfaces\[0\]\.name is "Cache_1"\. Expected a label of an import, such as "cache"/,
    ],
    [
      'a backend that there is not',
      [entry('wasi:keyvalue', 'cache', 'backend: redsi')],
      /^\.wash\/config\.yaml:3:\d+: dev\.host_interfaces\[0\]\.config\.backend is "redsi"\. Expected in_memory, .*\(did you mean redis\?\)\.$/,
    ],
    [
      'a backend of blobs that there is not',
      [entry('wasi:blobstore', 'cache', 'backend: redis, url: "redis://127.0.0.1"')],
      /^\.wash\/config\.yaml:3:\d+: dev\.host_interfaces\[0\]\.config\.backend is "redis"\. Expected in_memory, filesystem, sqlite, nats/,
    ],
    [
      'a server without its URL',
      [entry('wasi:keyvalue', 'cache', 'backend: redis')],
      /^\.wash\/config\.yaml:3:\d+: dev\.host_interfaces\[0\]\.config of wasi:keyvalue has no url, which the backend redis needs\.$/,
    ],
    [
      'files without their folder',
      [entry('wasi:blobstore', 'cache', 'backend: filesystem')],
      /^\.wash\/config\.yaml:3:\d+: dev\.host_interfaces\[0\]\.config of wasi:blobstore has no root, which the backend filesystem needs\.$/,
    ],
    [
      'an entry without a package',
      ['    - { namespace: wasi, name: cache }'],
      /^\.wash\/config\.yaml:3:\d+: dev\.host_interfaces\[0\]\.package is missing/,
    ],
    [
      'two stores for one label of packages that share them',
      [cache, entry('wasmcloud:keyvalue', 'cache', 'backend: sqlite, path: a.db')],
      /^\.wash\/config\.yaml:4:7: dev\.host_interfaces\[1\] of wasmcloud:keyvalue has another config than dev\.host_interfaces\[0\] of wasi:keyvalue\./,
    ],
  ] as const)('%s', async (_, lines, message) => {
    await using project = await projectOf(configOf(...lines));
    const { code, stderr } = await runKvasi(['config'], { cwd: project.folder });
    expect(code).toBe(1);
    expect(stderr.replace(/^kvasi: /, '').trimEnd()).toMatch(message);
  });

  test('an import whose label no entry has, at the start and by kvasi inspect', async () => {
    await using project = await projectOf(configOf(entry('wasi:keyvalue', 'cache', ''), ...others));
    const message =
      '.wash/config.yaml:3:7: dev.host_interfaces: no entry is for the import sessions: wasi:keyvalue/store@0.2.0-draft. Add { namespace: wasi, package: keyvalue, interfaces: [store], name: sessions, config: { backend: in-memory } }.';
    const dev = await runKvasi(['dev', probe, '--address', 'localhost:0'], { cwd: project.folder });
    expect(dev.stderr).toContain(message);
    expect(dev.code).toBe(1);
    const inspected = await runKvasi(['inspect', probe, '--config', '.wash/config.yaml'], {
      cwd: project.folder,
    });
    expect(inspected.stdout).toMatch(/cache: wasi:keyvalue\/store@0\.2\.0-draft +dev\.host_interfaces\[0\]/);
    expect(inspected.stdout).toContain(`not provided: ${message}`);
    await project.write('.wash/config.yaml', configOf(entry('wasi:keyvalue', 'cache', '')));
    const [, colors] = /name: colors, config: (\{.*\}) \}\./.exec(
      (await runKvasi(['dev', probe, '--address', 'localhost:0'], { cwd: project.folder })).stderr,
    ) ?? [''];
    expect(colors).toBe('{ KEY: value }');
    expect(inspected.code).toBe(1);
  });

  test('an entry for another version than the one that is imported', async () => {
    await using project = await projectOf(
      configOf(
        entry('wasi:keyvalue', 'cache', ''),
        entry('wasi:keyvalue', 'sessions', '').replace('name:', 'version: 0.2.0-draft2, name:'),
        ...others,
      ),
    );
    const { code, stderr } = await runKvasi(['dev', probe, '--address', 'localhost:0'], {
      cwd: project.folder,
    });
    expect(stderr).toContain(
      '.wash/config.yaml:4:7: dev.host_interfaces[1] is for version 0.2.0-draft2, and the import sessions: wasi:keyvalue/store@0.2.0-draft is of another one.',
    );
    expect(code).toBe(1);
  });
});

test('what jco transpiles has its labels too', async () => {
  await using project = await projectOf(
    configOf(
      entry('wasi:keyvalue', 'cache', ''),
      entry('wasi:keyvalue', 'sessions', 'backend: sqlite, path: sessions.db'),
      ...others,
    ),
  );
  await using kvasi = await KvasiProcess.start([probe], {
    cwd: project.folder,
    env: { KVASI_LOWERING: 'jco' },
  });
  const labels = ['', 'cache', 'sessions', 'ledger', 'files'];
  const texts = labels.map((label) => `/kv?label=${label}&bucket=b&key=k`);
  for (const [index, path] of texts.entries()) await kvasi.text(`${path}&value=of-${labels[index]}`);
  expect(await Promise.all(texts.map((path) => kvasi.text(path)))).toEqual(
    labels.map((label) => `of-${label}`),
  );
  expect(await kvasi.text('/blob?label=assets&container=c&object=o&value=of-assets')).toBe('stored');
  expect(await kvasi.text('/blob?label=assets&container=c&object=o')).toBe('of-assets');
  expect(await kvasi.text('/value?label=colors&key=COLOR')).toBe('green');
});

test('scenarios of a project fill and look at the buckets of its labels, in memory', async () => {
  await using project = await Project.create({
    '.wash/config.yaml': configOf(
      entry('wasi:keyvalue', 'cache', 'backend: redis, url: "redis://127.0.0.1:1"'),
      entry('wasi:keyvalue', 'sessions', ''),
      ...others,
      `  component_path: ${probe}`,
    ),
    'scenarios.yaml': `
scenarios:
  - name: a label is one store
    before: { '@cache/b': { k: from the scenario } }
    steps:
      - request: GET /kv?label=cache&bucket=b&key=k
        expect: { status: 200, body: from the scenario }
      - request: GET /kv?label=sessions&bucket=b&key=k&value=new
    after: { '@cache/b': { k: from the scenario }, '@sessions/b': { k: new } }
`,
  });
  const { code, stdout, stderr } = await runKvasi(
    ['test', 'scenarios.yaml', '--config', '.wash/config.yaml'],
    { cwd: project.folder },
  );
  expect(code, stdout + stderr).toBe(0);
});

test('several components that are put together have the same stores under the same labels', async () => {
  await using project = await projectOf(
    configOf(
      entry('wasi:keyvalue', 'cache', ''),
      entry('wasi:keyvalue', 'sessions', 'backend: filesystem, root: sessions'),
      ...others,
      `  component_path: ${probe}`,
      `  components: [{ name: second, file: ${probe} }]`,
      '  routes: [{ path: /keys, component: second }, { path: /add, component: second }]',
    ),
  );
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await set(kvasi, 'cache', 'one');
  await set(kvasi, 'sessions', 'two', 'bucket=b&key=other');
  expect(await kvasi.text('/keys?label=cache&bucket=b')).toBe('k');
  expect(await kvasi.text('/keys?label=sessions&bucket=b')).toBe('other');
  expect(await kvasi.text('/keys?bucket=b')).toBe('');
  expect(await kvasi.text('/add?bucket=b&key=n')).toBe('1');
  expect(await get(kvasi, '', 'bucket=b&key=n')).toBe('1');
});

test('labels have stores in NATS, for keys and for blobs', async (context) => {
  if (!(await isInstalled(natsServer))) context.skip();
  await using nats = await Server.start(natsServer);
  const url = `nats://127.0.0.1:${nats.port}`;
  const at = `backend: nats, url: "${url}"`;
  await using project = await projectOf(
    configOf(
      entry('wasi:keyvalue', 'cache', at),
      entry('wasi:keyvalue', 'sessions', ''),
      ...others.filter((line) => !line.includes('uploads')),
      entry('wasi:blobstore', 'uploads', at),
    ),
  );
  await using kvasi = await KvasiDev.start([probe], { cwd: project.folder });
  await set(kvasi, 'cache', 'in-nats');
  expect(await get(kvasi, 'cache')).toBe('in-nats');
  expect(await get(kvasi, 'sessions')).toBe('nothing');
  expect(await kvasi.text('/blob?label=uploads&container=c&object=o&value=in-nats')).toBe('stored');
  await kvasi.stop();
  const kv = await runKvasi(['kv', 'get', 'b', 'k', '--backend', url], { cwd: project.folder });
  expect(kv.stdout).toBe('in-nats');
  const blobs = await runKvasi(['blob', 'list', '--blobs', url], { cwd: project.folder });
  expect(blobs.stdout.split('\n')).toContain('c');
});

test('in Redis without a prefix a label has all keys, in whichever bucket, and swaps work there', async (context) => {
  if (!(await isInstalled(redisServer))) context.skip();
  await using redis = await Server.start(redisServer);
  const url = `redis://127.0.0.1:${redis.port}`;
  const client = new Redis(url);
  using _ = { [Symbol.dispose]: () => client.disconnect() };
  await client.set('theirs', '41');
  const sessions = `backend: redis, url: "${url}"`;
  await using project = await projectOf(
    configOf(
      entry('wasmcloud:keyvalue', 'cache', ''),
      entry('wasmcloud:keyvalue', 'sessions', sessions),
      entry('wasi:keyvalue', 'cache', ''),
      entry('wasi:keyvalue', 'sessions', sessions),
      ...others,
    ),
  );
  await using async = await KvasiDev.start([probeAsync], { cwd: project.folder });
  expect(await async.text('/add?label=sessions&bucket=b&key=theirs')).toBe('42');
  expect(await async.text('/set?label=sessions&bucket=b&key=k&value=1')).toBe('stored');
  expect(await async.text('/swap?label=sessions&bucket=c&key=k&value=2')).toBe('CasResult::Swapped');
  expect(await client.mget('theirs', 'k')).toEqual(['42', '2']);
  await using kvasi = await KvasiDev.start([probe], { cwd: project.folder });
  // A version that was asked for is kept beside the value, and is no key.
  const kv = (...args: string[]) =>
    runKvasi(['kv', ...args, '--address', new URL(kvasi.url).host], { cwd: project.folder });
  await kvasi.until(/inspector +http/);
  expect(await kv('get', '@sessions/any', 'k')).toMatchObject({ code: 0, stdout: '2' });
  expect((await client.keys('*')).length).toBe(3);
  expect(await kvasi.text('/keys?label=sessions&bucket=b')).toBe('k theirs');
  expect((await kv('list', '@sessions/any')).stdout.trim().split('\n').sort()).toEqual(['k', 'theirs']);
});
