import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { findToolchain, target } from '../../components/toolchain.ts';
import { KvasiDev, runKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const run = promisify(execFile);
const toolchain = findToolchain();
if (toolchain === undefined) {
  console.warn(
    'SKIPPED: no Rust toolchain for wasm is installed; a new project is not built. See components/README.md.',
  );
}

test('a new project has everything, under its own name, and says what is missing to build it', async () => {
  await using project = await Project.create();
  const { code, stdout, stderr } = await runKvasi(['new', 'my-shop'], {
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

test.for(['My App', '1st', 'a--b', 'ü'])('%s is no name for a project', async (name) => {
  await using project = await Project.create();
  const { code, stderr } = await runKvasi(['new', name], { cwd: project.folder });
  expect(code).toBe(2);
  expect(stderr).toContain("can't be the name of a crate");
});

test.skipIf(toolchain === undefined)(
  'a new project is built and tested by cargo, and the curls of its README work',
  { timeout: 600_000 },
  async () => {
    if (toolchain === undefined) return;
    await using project = await Project.create();
    await runKvasi(['new', 'my-shop'], { cwd: project.folder });
    const folder = join(project.folder, 'my-shop');
    await run('cargo', ['test', '--quiet'], { cwd: folder });
    const { cargo, rustc, flags } = toolchain;
    await run(cargo, ['build', '--release', '--quiet', '--target', target], {
      cwd: folder,
      env: { ...process.env, RUSTC: rustc, CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f') },
    });
    // Where only this target is there, its module is made a component as components/build.ts does.
    const module = await readFile(join(folder, 'target', target, 'release', 'my_shop.wasm'));
    const path = join(folder, 'target/wasm32-wasip2/release/my_shop.wasm');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await componentNew(module, []));
    expect((await stat(path)).size).toBeGreaterThan(10_000);

    // From elsewhere, because in the project its own build command would be run.
    await using kvasi = await KvasiDev.start([path], { cwd: project.folder });
    const stored = await kvasi.text('/', { method: 'POST', body: '{"key": "mykey", "value": "myvalue"}' });
    expect(stored).toBe("[in_memory] Stored 'mykey'\n");
    expect(await kvasi.text('/?key=mykey')).toBe('[in_memory] myvalue\n');
    const missing = await kvasi.fetch('/?key=missing');
    expect([missing.status, await missing.text()]).toEqual([404, "[in_memory] Key 'missing' not found\n"]);
  },
);
