import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, KvasiDev, runKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

test('inspect shows imports, dialect and exports', async () => {
  const { code, stdout } = await runKvasi(['inspect', component('kv-probe', 'kv-probe-draft2')]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /wasi:keyvalue\/store@0\.2\.0-draft2.*cursor string, counter s64, get-many of optional pairs/,
  );
  expect(stdout).toContain('wasi:http/incoming-handler@0.2');
  expect(stdout).toContain('kvasi can serve it');
});

test('inspect --json is one object', async () => {
  const { stdout } = await runKvasi(['inspect', '--json', component('kv-probe', 'kv-probe-draft')]);
  const inspection = JSON.parse(stdout) as { imports: { name: string; served: string }[] };
  const store = inspection.imports.find(({ name }) => name.startsWith('wasi:keyvalue/store'));
  expect(store?.served).toContain('cursor u64, counter u64');
});

test('a flag wins over the environment, and that over the file; config says so', async () => {
  await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  address: localhost:1\n' });
  const shown = async (args: readonly string[], env: Record<string, string> = {}) =>
    (await runKvasi(['config', ...args], { cwd: project.folder, env })).stdout;
  expect(await shown([])).toMatch(/address = localhost:1 .*\.wash\/config\.yaml:2:3/);
  const env = { KVASI_ADDRESS: 'localhost:2' };
  expect(await shown([], env)).toMatch(/address = localhost:2 .*KVASI_ADDRESS/);
  expect(await shown(['--address', 'localhost:3'], env)).toMatch(/address = localhost:3 .*--address/);
});

test('dev without an argument serves what the configuration names', async () => {
  await using project = await Project.create({
    '.wash/config.json': JSON.stringify({ dev: { component_path: component('kv-counter') } }),
  });
  await using kvasi = await KvasiDev.start(['-C', project.folder]);
  expect(await kvasi.text('/a')).toBe('1\n');
});

test('dev --json prints one object a line', async () => {
  await using kvasi = await KvasiDev.start(['--json', component('kv-counter')]);
  await kvasi.text('/a');
  await kvasi.until(/"event":"request".*\n/);
  const events = kvasi.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.find(({ event }) => event === 'serving')).toMatchObject({ url: kvasi.url });
  expect(events.find(({ event }) => event === 'request')).toMatchObject({
    method: 'GET',
    path: '/a',
    status: 200,
    operations: [{ op: 'open' }, { op: 'increment', key: 'a' }],
  });
});

test('a second start takes the component from the cache, and a damaged cache heals', async () => {
  await using project = await Project.create();
  const options = { env: { KVASI_CACHE_DIR: project.folder } };
  const serveOnce = async () => {
    await using kvasi = await KvasiDev.start([component('kv-counter')], options);
    expect(await kvasi.text('/a')).toBe('1\n');
  };
  await serveOnce();
  const [entry] = await readdir(join(project.folder, 'components'));
  const folder = join(project.folder, 'components', entry ?? '');
  const { mtimeMs } = await stat(join(folder, 'component.js'));
  await serveOnce();
  expect((await stat(join(folder, 'component.js'))).mtimeMs).toBe(mtimeMs);
  await rm(join(folder, 'manifest.json'));
  await serveOnce();
  expect(await readdir(join(project.folder, 'components'))).toEqual([entry]);
});

test('Ctrl-C answers what is under way, takes nothing new and exits 0', async () => {
  await using kvasi = await KvasiDev.start([component('misbehave')]);
  const slow = kvasi.fetch('/sleep?ms=600');
  await new Promise((resolve) => setTimeout(resolve, 200));
  kvasi.signal('SIGINT');
  await expect
    .poll(() =>
      kvasi.fetch('/leak').then(
        () => 'answered',
        () => 'refused',
      ),
    )
    .toBe('refused');
  expect((await slow).status).toBe(200);
  expect(await kvasi.ended).toBe(0);
});

test('a second Ctrl-C exits at once', async () => {
  await using kvasi = await KvasiDev.start([component('misbehave')]);
  const hanging = kvasi.fetch('/sleep').catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  kvasi.signal('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const started = performance.now();
  kvasi.signal('SIGINT');
  expect(await kvasi.ended).toBe(130);
  expect(performance.now() - started).toBeLessThan(1000);
  await hanging;
});

test('help has examples for every command', async () => {
  for (const command of [[], ['dev'], ['inspect'], ['config']]) {
    const { code, stdout } = await runKvasi([...command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
  }
});
