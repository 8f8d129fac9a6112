import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { guests } from '../../bench/guests/guests.ts';
import { firstFile, peersFolder } from '../../bench/peers.ts';
import { buildCache, findToolchain, target } from '../../components/toolchain.ts';
import { hostUrl } from '../support/host-url.ts';
import { component, KvasiDev, root, runKvasi } from '../support/kvasi-in-process.ts';
import { runKvasi as runProcess } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const run = promisify(execFile);
const toolchain = findToolchain();
/** Crates that the template uses are compiled once on a machine; the new project is each time. */
const crates = join(buildCache, 'template');
if (toolchain === undefined) {
  console.warn(
    'SKIPPED: no Rust toolchain for wasm is installed; a new project is not built. See components/README.md.',
  );
}

test('a new project has everything, under its own name, and says what is missing to build it', async () => {
  await using project = await Project.create();
  const { code, stdout, stderr } = await runProcess(['new', 'my-shop'], {
    cwd: project.folder,
    env: { PATH: project.folder },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('cd my-shop\n  cargo build --target wasm32-wasip2 --release\n  kvasi dev');
  expect(stdout).toContain('https://rustup.rs');
  const read = (path: string) => readFile(join(project.folder, 'my-shop', path), 'utf8');
  expect(await read('Cargo.toml')).toContain('name = "my-shop"');
  expect(await read('.wash/config.yaml')).toContain('target/wasm32-wasip2/release/my_shop.wasm');
  expect(await read('wit/world.wit')).toContain('package my-shop:component;');
  expect(await read('wit/deps/wasi-keyvalue-0.2.0-draft/store.wit')).toContain('interface store {');
  expect(await read('.gitignore')).toContain('/target/');
  expect(await read('README.md')).toContain('# my-shop');
  expect(await read('src/answer.rs')).toContain('#[test]');
  const shown = await runKvasi(['config'], { cwd: join(project.folder, 'my-shop') });
  expect(shown).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
  const again = await runKvasi(['new', 'my-shop'], { cwd: project.folder });
  expect(again).toMatchObject({ code: 2, stderr: 'kvasi: my-shop is not empty. Take another name.\n' });
});

/** Makes `kvasi` of a project be what is tested, as `npm install` makes it be the package. */
async function installKvasi(folder: string): Promise<void> {
  const place = join(folder, 'node_modules/kvasi');
  await mkdir(place, { recursive: true });
  await writeFile(
    join(place, 'package.json'),
    '{"name":"kvasi","type":"module","exports":{"./testing":"./testing.js"}}',
  );
  await writeFile(join(place, 'testing.js'), `export * from '${hostUrl('testing').href}';\n`);
}

/** Runs what the README of a new project names: its scenarios, and its test. */
async function expectTestsToPass(folder: string, tests = 2): Promise<void> {
  const scenarios = await runKvasi(['test'], { cwd: folder });
  expect(scenarios, scenarios.stdout + scenarios.stderr).toMatchObject({ code: 0 });
  expect(scenarios.stdout).toContain('3 passed, 0 failed');
  await installKvasi(folder);
  const { stdout } = await run(process.execPath, ['--test'], { cwd: folder });
  expect(stdout).toMatch(new RegExp(`pass ${tests}\\n.*fail 0`));
}

test('the scenarios and the test of a new project pass with a component that does as it does', async () => {
  await using project = await Project.create();
  await runKvasi(['new', 'my-shop'], { cwd: project.folder });
  const folder = join(project.folder, 'my-shop');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).toMatchObject({
    name: 'my-shop',
    private: true,
    devDependencies: { kvasi: `^${version}` },
  });
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  for (const command of ['npm install', 'npx kvasi test', 'node --test', 'npm test'])
    expect(readme).toContain(command);
  const unbuilt = await runKvasi(['test'], { cwd: folder });
  expect(unbuilt.code).toBe(1);
  expect(unbuilt.stdout + unbuilt.stderr).toContain('my_shop.wasm');
  const built = join(folder, 'target/wasm32-wasip2/release/my_shop.wasm');
  await mkdir(dirname(built), { recursive: true });
  await copyFile(component('http-kv-handler'), built);
  await expectTestsToPass(folder);
});

test.for(['My App', '1st', 'a--b', 'ü'])('%s is no name for a project', async (name) => {
  await using project = await Project.create();
  const { code, stderr } = await runKvasi(['new', name], { cwd: project.folder });
  expect(code).toBe(2);
  expect(stderr).toContain("can't be the name of a project");
});

/** Asks what the README of a new project asks, with the component that was built. */
async function expectCurlsToWork(path: string, cwd: string): Promise<void> {
  // From elsewhere, because in the project its own build command would be run.
  await using kvasi = await KvasiDev.start([path], { cwd });
  const stored = await kvasi.text('/', { method: 'POST', body: '{"key": "mykey", "value": "myvalue"}' });
  expect(stored).toBe("[in_memory] Stored 'mykey'\n");
  expect(await kvasi.text('/?key=mykey')).toBe('[in_memory] myvalue\n');
  const missing = await kvasi.fetch('/?key=missing');
  expect([missing.status, await missing.text()]).toEqual([404, "[in_memory] Key 'missing' not found\n"]);
}

test.skipIf(toolchain === undefined).for(['0.2', '0.3'])(
  'a new project of WASI %s is built and tested by cargo, and the curls of its README work',
  { timeout: 600_000 },
  async (wasi) => {
    if (toolchain === undefined) return;
    await using project = await Project.create();
    await runKvasi(['new', 'my-shop', '--wasi', wasi], { cwd: project.folder });
    const folder = join(project.folder, 'my-shop');
    const { cargo, rustc, flags } = toolchain;
    const env = { ...process.env, CARGO_TARGET_DIR: crates };
    await run('cargo', ['test', '--quiet'], { cwd: folder, env });
    await run(cargo, ['build', '--release', '--quiet', '--target', target], {
      cwd: folder,
      env: { ...env, RUSTC: rustc, CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f') },
    });
    // Where only this target is there, its module is made a component as components/build.ts does.
    const module = await readFile(join(crates, target, 'release', 'my_shop.wasm'));
    await run(cargo, ['clean', '--quiet', '--package', 'my-shop'], { cwd: folder, env });
    const path = join(folder, 'target/wasm32-wasip2/release/my_shop.wasm');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await componentNew(module, []));
    expect((await stat(path)).size).toBeGreaterThan(10_000);
    await expectTestsToPass(folder);
    await expectCurlsToWork(path, project.folder);
  },
);

const jco = await firstFile([join(peersFolder, 'node_modules/.bin/jco')]);
const componentizePy = await guests.python.find();
for (const [tool, found] of [
  ['jco', jco],
  ['componentize-py', componentizePy],
]) {
  if (found === undefined) console.warn(`SKIPPED: ${tool} is not in bench/.peers; see bench/README.md.`);
}

test.skipIf(jco === undefined)(
  'a new project in TypeScript is built by jco and tested, and the curls of its README work',
  { timeout: 600_000 },
  async () => {
    await using project = await Project.create();
    await runKvasi(['new', 'my-shop', '--language', 'typescript'], { cwd: project.folder });
    const folder = join(project.folder, 'my-shop');
    const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      scripts: { build: string };
    };
    expect(scripts.build).toMatch(/^jco /);
    await run(process.execPath, [jco ?? '', ...scripts.build.split(' ').slice(1)], { cwd: folder });
    await expectTestsToPass(folder, 4);
    await expectCurlsToWork(join(folder, 'my-shop.wasm'), project.folder);
  },
);

test.skipIf(componentizePy === undefined)(
  'a new project in Python is built by componentize-py and tested, and the curls of its README work',
  { timeout: 600_000 },
  async () => {
    await using project = await Project.create();
    await runKvasi(['new', 'my-shop', '--language', 'python'], { cwd: project.folder });
    const folder = join(project.folder, 'my-shop');
    const config = await readFile(join(folder, '.wash/config.yaml'), 'utf8');
    const [, args = ''] = /command: componentize-py (.*)/.exec(config) ?? [];
    await run(componentizePy?.file ?? '', args.split(' '), { cwd: folder });
    const env = { ...process.env, PYTHONPATH: '.' };
    await run('python3', ['-m', 'unittest', 'discover', 'test'], { cwd: folder, env });
    await expectTestsToPass(folder);
    await expectCurlsToWork(join(folder, 'my-shop.wasm'), project.folder);
  },
);

test('a project for WASI 0.3 is written in Rust only', async () => {
  await using project = await Project.create();
  const args = ['new', 'my-shop', '--language', 'python', '--wasi', '0.3'];
  expect(await runKvasi(args, { cwd: project.folder })).toMatchObject({
    code: 2,
    stderr:
      'kvasi: A project for WASI 0.3 is written in Rust only. Leave --language python out, or --wasi 0.3.\n',
  });
});
