import { expect, test } from 'vitest';
import { componentOf } from '../support/component.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
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

test('inspect tells what a component that does without keyvalue imports', async () => {
  const { code, stdout, stderr } = await runKvasi(['inspect', component('misbehave')]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('wasi:clocks/monotonic-clock@0.2');
  expect(stdout).not.toContain('backends');
  const json = await runKvasi(['inspect', '--json', component('misbehave')]);
  const inspection = JSON.parse(json.stdout) as Record<string, unknown>;
  expect(inspection).toMatchObject({
    component: component('misbehave'),
    exports: [expect.stringMatching(/^wasi:http\/incoming-handler@0\.2\.\d+$/)],
  });
  expect(inspection).toMatchObject({ linked: 'by kvasi', fresh: 'by reset' });
  expect(Object.keys(inspection)).not.toContain('problem');
  expect(Object.keys(inspection)).not.toContain('backends');
});

test('inspect names what a component asks for in vain, and exits 1', async () => {
  const wit = 'package a:b; interface i { f: func(); } world w { import i; export run: func(); }';
  await using project = await Project.create({ 'app.wasm': await componentOf(wit) });
  const options = { cwd: project.folder };
  const shown = await runKvasi(['inspect', 'app.wasm'], options);
  expect(shown.code).toBe(1);
  expect(shown.stdout).toMatch(/a:b\/i +not provided: no package a:b is provided/);
  const { code, stdout } = await runKvasi(['inspect', '--json', 'app.wasm'], options);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    imports: [{ name: 'a:b/i', served: 'not provided' }],
    exports: ['run'],
    problem: expect.stringContaining('a:b/i'),
  });
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

test('config --json tells each setting and its origin', async () => {
  await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  requestTimeout: 2m\n' });
  const { stdout } = await runKvasi(['config', '--json', '--backend', 'redis://u:hunter2@h:1'], {
    cwd: project.folder,
  });
  const settings = JSON.parse(stdout) as readonly { key: string }[];
  expect(settings).toContainEqual({
    key: 'requestTimeout',
    value: '2m',
    origin: expect.stringMatching(/config\.yaml:2:3$/),
  });
  expect(settings).toContainEqual({ key: 'instances', value: 'fresh', origin: 'default' });
  expect(settings.find(({ key }) => key === 'keyvalue.default')).toMatchObject({ origin: '--backend' });
  expect(stdout).not.toContain('hunter2');
});

test('dev listens where the file, the environment or a flag says, the later winning', async () => {
  await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  address: 127.0.0.1:0\n' });
  const urlOf = async (args: readonly string[], env: Record<string, string> = {}) => {
    await using kvasi = await KvasiDev.start([component('kv-counter'), ...args], {
      cwd: project.folder,
      env,
      address: 'as configured',
    });
    expect(await kvasi.text('/a')).toBe('1\n');
    return kvasi.url;
  };
  expect(await urlOf([])).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await urlOf([], { KVASI_ADDRESS: '127.0.0.2:0' })).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
  const env = { KVASI_ADDRESS: '127.0.0.2:0' };
  expect(await urlOf(['--address', 'localhost:0'], env)).toMatch(/^http:\/\/localhost:\d+$/);
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

test('help has examples for every command', async () => {
  const kv = ['get', 'set', 'delete', 'list', 'import', 'export', 'copy'].map((name) => ['kv', name]);
  for (const command of [
    [],
    ['dev'],
    ['inspect'],
    ['test'],
    ['config'],
    ['new'],
    ['completions'],
    ['kv'],
    ...kv,
  ]) {
    const { code, stdout } = await runKvasi([...command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
  }
});
