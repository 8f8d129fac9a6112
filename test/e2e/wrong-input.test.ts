import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { component, type Finished, runKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

/** One message, no stack trace. */
function expectRefusal(
  { code, stderr }: Finished,
  expectedCode: number,
  ...texts: (string | RegExp)[]
): void {
  expect(stderr).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)$/m);
  for (const text of texts) expect(stderr).toMatch(text);
  expect(code).toBe(expectedCode);
}

async function componentOf(wit: string): Promise<Uint8Array> {
  return componentNew(await componentEmbed({ dummy: true, witSource: wit }), []);
}

test('a file that is not there', async () => {
  expectRefusal(await runKvasi(['dev', 'nowhere.wasm']), 1, 'nowhere.wasm does not exist');
});

test.for([
  ['a text file', 'fn main() {}', 'is no WebAssembly file'],
  ['an empty file', '', 'is empty'],
  ['a core module', new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), 'is a core WebAssembly module'],
] as const)('%s', async ([, contents, message]) => {
  await using project = await Project.create({ 'app.wasm': contents });
  expectRefusal(await runKvasi(['dev', 'app.wasm'], { cwd: project.folder }), 1, message);
});

test('a folder', async () => {
  expectRefusal(await runKvasi(['dev', 'components']), 1, 'is a folder');
});

test('a component that is cut off', async () => {
  const whole = await readFile(component('http-kv-handler'));
  await using project = await Project.create({ 'app.wasm': whole.subarray(0, whole.length / 2) });
  expectRefusal(
    await runKvasi(['dev', 'app.wasm'], { cwd: project.folder }),
    1,
    "can't be read as a WebAssembly component",
  );
});

test('a component that answers no requests', async () => {
  const app = await componentOf('package a:b; world w { export run: func(); }');
  await using project = await Project.create({ 'app.wasm': app });
  expectRefusal(
    await runKvasi(['dev', 'app.wasm'], { cwd: project.folder }),
    1,
    'does not export wasi:http/incoming-handler',
    'it exports run',
  );
});

test('a component that imports what nobody provides', async () => {
  const app = await componentOf(
    'package a:b; interface i { f: func(); } world w { import i; export run: func(); }',
  );
  await using project = await Project.create({ 'app.wasm': app });
  const finished = await runKvasi(['dev', 'app.wasm'], { cwd: project.folder });
  expectRefusal(finished, 1, 'a:b/i', 'Provided are', 'wasi:keyvalue');
});

test.for([
  ['invalid YAML', 'dev: "no end', /config\.yaml:1:\d+/],
  ['a wrong type', 'dev:\n  address: 8000\n', /config\.yaml:2:12: dev\.address/],
  ['a bad URL', 'dev:\n  wasi_keyvalue_redis_url: "http://h"\n', /config\.yaml:2:28: .*redis:\/\//],
] as const)('a configuration with %s', async ([, text, message]) => {
  await using project = await Project.create({ '.wash/config.yaml': text });
  expectRefusal(await runKvasi(['dev', component('kv-counter')], { cwd: project.folder }), 1, message);
});

test('an unknown key is a warning that names the nearest', async () => {
  await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  adress: localhost:0\n' });
  const { code, stderr } = await runKvasi(['config'], { cwd: project.folder });
  expect(stderr).toMatch(/config\.yaml:2:3: dev\.adress is not a known key.*address/);
  expect(code).toBe(0);
});

test('a port in use names the process that has it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const finished = await runKvasi(['dev', component('kv-counter'), '--address', `localhost:${port}`]);
    expectRefusal(finished, 1, `port ${port} is in use by`, '--address');
    if (process.platform === 'linux') expect(finished.stderr).toContain(`pid ${process.pid}`);
  } finally {
    server.close();
  }
});

test.for([
  ['an unknown command', ['serv'], 'unknown command'],
  ['an unknown flag', ['dev', '--prot', '1'], 'unknown option'],
  ['a missing argument', ['inspect'], 'missing required argument'],
] as const)('%s is wrong usage', async ([, args, message]) => {
  expectRefusal(await runKvasi(args), 2, message);
});

test('nothing to serve is wrong usage', async () => {
  await using project = await Project.create();
  expectRefusal(await runKvasi(['dev'], { cwd: project.folder }), 2, 'no component to serve');
});

test('a cache folder that can not be written says which and what to do', async () => {
  await using project = await Project.create({ file: 'not a folder' });
  const finished = await runKvasi(['dev', component('kv-counter'), '--address', 'localhost:0'], {
    env: { KVASI_CACHE_DIR: `${project.folder}/file/cache` },
  });
  expectRefusal(finished, 1, 'cache folder', 'KVASI_CACHE_DIR');
});
