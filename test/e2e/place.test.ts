import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

/** A project in the folder `shop` of another one. */
async function projects(): Promise<Project> {
  const config = {
    dev: {
      component_path: 'app.wasm',
      keyvalue: { default: { backend: 'sqlite', path: 'kv.db' }, secrets: 'deny' },
    },
    workload: { environment: { config: { GREETING: 'hello' } } },
  };
  const counter = await readFile(component('kv-counter'));
  return await Project.create({
    'shop/app.wasm': counter,
    'shop/.wash/config.json': JSON.stringify(config),
    'shop/other.json': JSON.stringify({
      dev: { component_path: 'other.wasm', keyvalue: { counters: 'deny' } },
    }),
    'shop/other.wasm': counter,
    'shop/open.yaml':
      'scenarios:\n  - name: counts\n    steps:\n      - request: GET /a\n        expect: { body: "1\\n" }\n',
    'shop/seed.jsonl': '{"key":"a","value":"1"}\n',
  });
}

test.for([
  [['-C', 'shop', 'kv', 'list', 'b']],
  [['kv', '-C', 'shop', 'list', 'b']],
  [['kv', 'list', '-C', 'shop', 'b']],
  [['kv', 'list', 'b', '-C', 'shop']],
  [['--config', 'shop/.wash/config.json', 'kv', 'list', 'b']],
  [['kv', '--config', 'shop/.wash/config.json', 'list', 'b']],
  [['kv', 'list', 'b', '--config', 'shop/.wash/config.json']],
  [['-C', 'shop', 'kv', '-C', '.wash', 'list', '--config', 'config.json', 'b']],
  [['--config', '.wash/config.json', '-C', 'shop', 'kv', 'list', 'b']],
  [['--config', '.wash/config.json', 'kv', '-C', 'shop', 'list', 'b']],
  [['--config', '.wash/config.json', 'kv', 'list', 'b', '-C', 'shop']],
  [['kv', '--config', '.wash/config.json', 'list', 'b', '-C', 'shop']],
  [['kv', 'list', '--config', '.wash/config.json', 'b', '-C', 'shop']],
  [['-C', 'shop', 'kv', '--config', '.wash/config.json', 'list', 'b']],
  [['--config', 'config.json', '-C', 'shop', 'kv', '-C', '.wash', 'list', 'b']],
  [['-C', 'shop', '-C', '.wash', 'kv', 'list', 'b', '--config', 'config.json']],
  [['kv', 'list', 'b', '-C', 'shop', '--config', 'config.json', '-C', '.wash']],
] as const)('kvasi %j is about the project that it names', async ([args]) => {
  await using project = await projects();
  const options = { cwd: project.folder };
  const imported = await runKvasi(['-C', 'shop', 'kv', 'import', 'b', 'seed.jsonl'], options);
  expect(imported, imported.stderr).toMatchObject({ code: 0 });
  expect(await runKvasi(args, options)).toMatchObject({ code: 0, stdout: 'a\n', stderr: '' });
});

test('kvasi -C dev serves the project in another folder, with all of its paths', async () => {
  await using project = await projects();
  await using kvasi = await KvasiDev.start(['-C', 'shop', '--record', 'recorded.yaml'], {
    cwd: project.folder,
  });
  expect(await kvasi.text('/a')).toBe('1\n');
  await kvasi.until(/^GET/m);
  await kvasi.stop();
  expect(await readFile(join(project.folder, 'shop/recorded.yaml'), 'utf8')).toContain('./app.wasm');
});

test('kvasi inspect shows the component of the project that is named', async () => {
  await using project = await projects();
  const options = { cwd: project.folder };
  for (const [args, name] of [
    [['inspect', '-C', 'shop'], 'shop/app.wasm'],
    [['-C', 'shop', 'inspect'], 'shop/app.wasm'],
    [['inspect', '-C', 'shop', 'other.wasm'], 'shop/other.wasm'],
    [['inspect', '--config', 'shop/other.json'], 'shop/other.wasm'],
    [['inspect', '-C', 'shop', '--config', 'other.json'], 'shop/other.wasm'],
    [['--config', 'other.json', 'inspect', '-C', 'shop'], 'shop/other.wasm'],
  ] as const) {
    const { code, stdout } = await runKvasi([...args, '--json'], options);
    expect(JSON.parse(stdout)).toMatchObject({ component: join(project.folder, name) });
    expect(code).toBe(0);
  }
  const none = await runKvasi(['inspect', '-C', '.'], options);
  expect(none).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^kvasi: there is no configuration in .*\n$/),
  });
});

test('kvasi test runs where -C says, and takes what scenarios leave open from --config', async () => {
  await using project = await projects();
  const options = { cwd: project.folder };
  const open = await runKvasi(['test', '-C', 'shop', 'open.yaml'], options);
  expect(open).toMatchObject({ code: 1, stderr: expect.stringContaining('has no component') });
  const passed = await runKvasi(
    ['test', '-C', 'shop', '--config', '.wash/config.json', 'open.yaml'],
    options,
  );
  expect(passed, passed.stdout + passed.stderr).toMatchObject({ code: 0 });
  const before = await runKvasi(
    ['--config', '.wash/config.json', 'test', '-C', 'shop', 'open.yaml'],
    options,
  );
  expect(before, before.stdout + before.stderr).toMatchObject({ code: 0 });
  const denied = await runKvasi(['test', 'shop/open.yaml', '--config', 'shop/other.json'], options);
  expect(denied.code).toBe(1);
  expect(denied.stdout).toContain('body');
  // The store of the project is none of a test.
  expect(await runKvasi(['-C', 'shop', 'kv', 'list', 'counters'], options)).toMatchObject({ stdout: '' });
});

test('kvasi config says which flag the folder came from', async () => {
  await using project = await projects();
  for (const [args, folder, origin] of [
    [['-C', 'shop', 'config'], 'shop', '-C'],
    [['-C', 'shop', 'config', '--config', '.wash/config.json'], 'shop', '-C'],
    [['--config', '.wash/config.json', 'config', '-C', 'shop'], 'shop', '-C'],
    [['config', '--config', 'shop/.wash/config.json'], 'shop', '--config'],
    [['-C', 'shop/.wash', 'config', '--config', '../other.json'], 'shop', '--config'],
  ] as const) {
    const { code, stdout, stderr } = await runKvasi(args, { cwd: project.folder });
    expect(code, stderr).toBe(0);
    const line = stdout.split('\n').find((one) => one.startsWith('directory '));
    expect(line, args.join(' ')).toContain(` ${join(project.folder, folder)} `);
    expect(line, args.join(' ')).toContain(`(from ${origin})`);
  }
});

test('a folder without a name, and one that is none, are refused wherever they stand', async () => {
  await using project = await projects();
  for (const [args, problem] of [
    [['-C', '', '-C', 'shop', 'config'], '-C is ""'],
    [['-C', 'nowhere', '-C', '..', 'config'], 'nowhere does not exist'],
    [['config', '-C', 'nowhere', '-C', '..'], 'nowhere does not exist'],
  ] as const) {
    const { code, stderr } = await runKvasi(args, { cwd: project.folder });
    expect(stderr).toContain(problem);
    expect(code).toBe(2);
  }
});

test('kvasi new and kvasi conformance start where -C says', async () => {
  await using project = await projects();
  const options = { cwd: project.folder, env: { PATH: project.folder } };
  const written = await runKvasi(['-C', 'shop', 'new', 'my-app'], options);
  expect(written).toMatchObject({ code: 0, stdout: expect.stringContaining('cd shop/my-app\n') });
  const wrong = await runKvasi(['conformance', '-C', 'shop', '--backend', './app.wasm'], options);
  expect(wrong.stderr).toContain('app.wasm');
  expect(wrong.code).toBe(1);
});
