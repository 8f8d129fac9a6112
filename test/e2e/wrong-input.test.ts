import { readFile, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { componentOf, handlerOf } from '../support/component.ts';
import { component, type Finished, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

/** One message, no stack trace. */
function expectRefusal(
  { code, stdout, stderr }: Finished,
  expectedCode: number,
  ...texts: (string | RegExp)[]
): void {
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.match(/^(?!warning:)\S.*/)?.[0]).toMatch(/^kvasi: ./);
  expect(stderr.match(/^kvasi:/gm)).toHaveLength(1);
  expect(stdout).toBe('');
  for (const text of texts) expect(stderr).toMatch(text);
  expect(code).toBe(expectedCode);
}

test.for([
  ['dev', 'nowhere.wasm'],
  ['inspect', 'nowhere.wasm'],
  ['inspect', component('hello'), '--behavior', 'nowhere.yaml'],
  ['test', 'nowhere.yaml'],
  ['config', '--config', 'nowhere.yaml'],
  ['config', '-C', 'nowhere'],
  ['kv', 'import', 'b', 'nowhere.jsonl'],
  ['kv', 'set', 'b', 'k', '--file', 'nowhere'],
  ['conformance', '--backend', './nowhere.js'],
])('a file that is not there is wrong usage: %j', async (args) => {
  expectRefusal(
    await runKvasi(args),
    2,
    /nowhere\S* (does not exist|can't be (read|loaded): it does not exist)\./,
  );
});

test.skipIf(process.platform === 'win32').for([
  ['inspect', '@'],
  ['test', '@'],
  ['config', '--config', '@'],
  ['kv', 'import', 'b', '@'],
])('why a file can not be read is told in words: %j', async (args) => {
  await using project = await Project.create({ file: '' });
  await symlink('loop.yaml', join(project.folder, 'loop.yaml'));
  for (const [name, reason] of [
    ['loop.yaml', 'is a symbolic link that leads back to itself'],
    ['file/x.yaml', 'does not exist: what should be its folder is a file'],
    [`${'x'.repeat(300)}.yaml`, 'has a longer name than a file can have'],
    ['.', 'is a folder'],
  ] as const) {
    const given = args.map((arg) => arg.replace('@', name));
    expectRefusal(await runKvasi(given, { cwd: project.folder }), 2, reason);
  }
});

test.for([
  [['dev', ''], 'component on the command line is ""'],
  [['inspect', ''], 'the component has the name ""'],
  [['test', ''], 'a file of scenarios has the name ""'],
  [['config', '--config', ''], '--config is ""'],
] as const)('an empty name is told as one: %j', async ([args, message]) => {
  const { code, stderr } = await runKvasi(args);
  expect(stderr).toMatch(/^kvasi: [^\n]*\n$/);
  expect(stderr).toContain(message);
  expect(code).toBeGreaterThan(0);
});

const header = [0, 0x61, 0x73, 0x6d];
test.for([
  ['a text file', 'fn main() {}', 'is no WebAssembly file'],
  ['an empty file', '', 'is empty'],
  ['a core module', new Uint8Array([...header, 1, 0, 0, 0]), 'is a core WebAssembly module'],
  ['a component without anything', new Uint8Array([...header, 13, 0, 1, 0]), 'it exports nothing'],
  ['a component of junk', new Uint8Array([...header, 13, 0, 1, 0, 7, 2, 255, 255]), "can't be read"],
] as const)('%s', async ([, contents, message]) => {
  await using project = await Project.create({ 'app.wasm': contents });
  expectRefusal(await runKvasi(['dev', 'app.wasm'], { cwd: project.folder }), 1, message);
});

test('an import with a label that asks for more than its interface has', async () => {
  const app = await parse(
    '(component (import "cache" (implements "wasi:keyvalue/store@0.2.0-draft") (instance (export "f" (func)))))',
  );
  await using project = await Project.create({ 'app.wasm': app });
  expectRefusal(
    await runKvasi(['dev', 'app.wasm'], { cwd: project.folder }),
    1,
    'wasi:keyvalue/store@0.2.0-draft: its function f is not provided',
    /^((?!complete).)*$/s,
  );
});

test('a component of an older format', async () => {
  await using project = await Project.create({ 'app.wasm': new Uint8Array([...header, 10, 0, 1, 0]) });
  expectRefusal(
    await runKvasi(['dev', 'app.wasm'], { cwd: project.folder }),
    1,
    'version 10 of the component format',
  );
});

test('a folder', async () => {
  expectRefusal(await runKvasi(['dev', 'components']), 2, 'is a folder');
});

test.for([6, 9, 500, 20_000])('a component that is cut off after %i bytes', async (length) => {
  const whole = await readFile(component('http-kv-handler'));
  await using project = await Project.create({ 'app.wasm': whole.subarray(0, length) });
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

test('a component that imports a function by itself', async () => {
  const app = await componentOf('package a:b; world w { import f: func(); export run: func(); }');
  await using project = await Project.create({ 'app.wasm': app });
  expectRefusal(await runKvasi(['dev', 'app.wasm'], { cwd: project.folder }), 1, '  f: only interfaces');
});

test('a component of wasi:http as nobody serves it', async () => {
  const app = await componentOf(
    'package wasi:http@0.3.0; interface types { f: func(); } world w { import types; export run: func(); }',
  );
  await using project = await Project.create({ 'app.wasm': app });
  const finished = await runKvasi(['dev', 'app.wasm'], { cwd: project.folder });
  expectRefusal(finished, 1, 'wasi:http/types@0.3.0', '0.2.0 to 0.2.12');
});

test.for([
  ['invalid YAML', 'dev: "no end', /config\.yaml:1:\d+/],
  ['a wrong type', 'dev:\n  address: 8000\n', /config\.yaml:2:12: dev\.address/],
  ['a bad URL', 'dev:\n  wasi_keyvalue_redis_url: "http://h"\n', /config\.yaml:2:28: .*redis:\/\//],
] as const)('a configuration with %s', async ([, text, message]) => {
  await using project = await Project.create({ '.wash/config.yaml': text });
  expectRefusal(await runKvasi(['dev', component('kv-counter')], { cwd: project.folder }), 1, message);
});

test.for([
  ['an address without a port', ['--address', 'localhost'], /--address is "localhost"\. Expected host:port/],
  ['a port that there is not', ['--address', 'localhost:65536'], 'Expected host:port'],
  ['an unknown backend', ['--backend', 'http://h'], /--backend is "http:\/\/h"\. Expected redis:/],
  ['a backend without a host', ['--backend', 'redis://'], '--backend'],
  ['a duration of nothing', ['--request-timeout', '0s'], /--request-timeout is "0s"\. Expected a duration/],
  ['an unknown mode', ['--instances', 'some'], 'Expected one of fresh, reuse'],
  ['a variable without a name', ['--env', '=x'], 'Expected NAME=VALUE'],
] as const)('%s is wrong usage', async ([, args, message]) => {
  await using project = await Project.create();
  const finished = await runKvasi(['dev', component('kv-counter'), '--address', 'localhost:0', ...args], {
    cwd: project.folder,
  });
  expectRefusal(finished, 2, message);
});

test.for([
  ['an address of another machine', '203.0.113.1:0'],
  ['a host that nobody knows', 'nowhere.invalid:0'],
] as const)('%s', async ([, address]) => {
  const finished = await runKvasi(['dev', component('kv-counter'), '--address', address]);
  expectRefusal(finished, 1, 'is no address of this machine');
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
    if (process.platform === 'linux')
      expect(finished.stderr).toMatch(new RegExp(`in use by \\S.* \\(pid ${process.pid}\\)`));
  } finally {
    server.close();
  }
});

test.for([
  ['an unknown command', ['serv'], 'unknown command'],
  ['an unknown flag', ['dev', '--prot', '1'], 'unknown option'],
  ['an unknown choice', ['dev', '--log-level', 'loud'], 'Allowed choices are'],
  ['an argument too many', ['dev', 'a.wasm', 'b.wasm'], 'too many arguments'],
  ['a missing argument', ['inspect'], 'missing required argument'],
] as const)('%s is wrong usage', async ([, args, message]) => {
  expectRefusal(await runKvasi(args), 2, message);
});

test('nothing to serve is wrong usage', async () => {
  await using project = await Project.create();
  expectRefusal(await runKvasi(['dev'], { cwd: project.folder }), 2, 'no component to serve');
});

/** A component whose import of a core module has another name than what it is given. */
async function unlinkable(): Promise<Uint8Array> {
  const bytes = await readFile(component('hello'));
  const version = Buffer.from('wasi:http/types@0.2.12');
  const importOfComponent = bytes.indexOf(version);
  bytes[bytes.indexOf(version, importOfComponent + 1) + version.length - 1] = 0x33;
  return bytes;
}

/** A component with an instruction that there is not. */
async function uncompilable(): Promise<Uint8Array> {
  const bytes = Buffer.from(await handlerOf('(drop (i32.const 305419896))'));
  // The constant as LEB128, and the drop behind it.
  const constant = Buffer.from([0xf8, 0xac, 0xd1, 0x91, 0x01, 0x1a]);
  bytes[bytes.indexOf(constant) + constant.length - 1] = 0xff;
  return bytes;
}

test.for([
  ['whose parts do not fit together', unlinkable, "can't be put together"],
  ['whose code is no code', uncompilable, "can't be compiled"],
  [
    'whose start traps',
    () => handlerOf('', '(func $s unreachable) (start $s)'),
    'its start traps: unreachable',
  ],
  [
    'whose start never ends',
    () => handlerOf('', '(func $s (loop (br 0))) (start $s)'),
    'does not end within 5 s',
  ],
] as const)(
  'a component %s is not called ready, nor servable',
  { timeout: 60_000 },
  async ([, make, reason]) => {
    await using project = await Project.create({ 'app.wasm': await make() });
    const options = { cwd: project.folder };
    expectRefusal(await runKvasi(['dev', 'app.wasm', '--address', 'localhost:0'], options), 1, reason);
    const inspected = await runKvasi(['inspect', 'app.wasm'], options);
    expect(inspected.stdout).toContain(reason);
    expect(inspected.stdout).not.toContain('can serve');
    expect(inspected.code).toBe(1);
  },
);

test('a start that ends well, or asks for something of the host, is none to be refused', async () => {
  const app = await handlerOf(
    '',
    '(global $g (mut i32) (i32.const 0)) (func $s (global.set $g (i32.const 1))) (start $s)',
  );
  await using project = await Project.create({ 'app.wasm': app });
  const inspected = await runKvasi(['inspect', 'app.wasm'], { cwd: project.folder });
  expect(inspected.stdout).toContain('can serve');
});
