import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine } from '../../host/cli/command-line.ts';
import { commandParts } from '../../host/cli/command-parts.ts';
import { run } from '../../host/cli/run.ts';
import { loadAllSettings } from '../../host/composition/all-settings.ts';
import { component, root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const app = component('kv-counter');
const tool = component('commands/tool', 'tool');
let project: Project;

beforeAll(async () => {
  project = await Project.create({
    'empty.wasm': '',
    'there.yaml': 'scenarios: []\n',
    'backend.js': 'export default {};\n',
    'file.txt': 'text',
    'mistake/.wash/config.yaml': 'dev:\n  address: 8000\n',
    'scenarios.yaml': 'component: none.wasm\nscenarios:\n  - name: a\n    steps:\n      - request: /\n',
    'mistake.yaml': 'scenarios: 5\n',
  });
});
afterAll(() => project[Symbol.asyncDispose]());

interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in the project's folder, without a process of its own. */
async function tell(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Told> {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const stderr = new PassThrough({ encoding: 'utf8' });
  const stdin = new PassThrough();
  stdin.end('this is no entry\n');
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 20_000);
  const surroundings = { cwd: project.folder, env, stdin, stdout, stderr, signal: stop.signal };
  const code = await run(args, surroundings);
  clearTimeout(timer);
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

function expectUsage({ code, stderr }: Told, name: string): void {
  expect(stderr).toMatch(/^kvasi: ./);
  expect(stderr.match(/^kvasi:/gm)).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).toContain(name);
  expect(code, stderr).toBe(2);
}

/** What is no value of a flag, by the flag; the settings are those of several commands. */
const settings: Readonly<Record<string, readonly string[]>> = {
  '--directory': ['nowhere', 'file.txt', ''],
  '--config': ['nowhere.yaml', '', '.', 'file.txt', 'scenarios.yaml/x.yaml'],
  '--address': ['localhost', 'localhost:65536', ':1', '', '1.2.3:80'],
  '--backend': ['http://h', 'redis://', 'nonsense', ''],
  '--instances': ['some', ''],
  '--threads': ['0', '1.5', 'many', '-1', ''],
  '--request-timeout': ['0s', 'soon', ''],
  '--limit': ['memory', 'memory=much', 'nothing=1', 'connections=-1', ''],
  '--env': ['=x', 'KVASI_NOT_SET', ''],
  '--log-level': ['loud', ''],
  '--guest-log-level': ['loud', ''],
  '--publish': ['x', '0', '65536', '1:2:3', ''],
  '--blobs': ['http://h', 'nonsense', ''],
  '--messaging': ['http://h', 'nonsense', ''],
  '--postgres-url': ['http://h', 'nonsense', ''],
};
const stores = {
  '--directory': settings['--directory'],
  '--config': settings['--config'],
  '--backend': settings['--backend'],
  '--address': settings['--address'],
};
const blobStores = { ...stores, '--backend': undefined, '--blobs': settings['--blobs'] };
/** Programs of servers, which are looked for once a file of scenarios has been read. */
const noProgram = ['nowhere', '.', ''];
const servers = {
  '--redis-server': noProgram,
  '--nats-server': noProgram,
  '--postgres-server': noProgram,
};
const place = { '--directory': settings['--directory'] };
const project_ = { ...place, '--config': settings['--config'] };

/** By command: the arguments that it needs, and what is no value of each of its flags. Where commands follow, flags stand before them. */
const commands: readonly (readonly [
  command: string,
  args: readonly string[],
  flags: Readonly<Record<string, readonly string[] | undefined>>,
])[] = [
  ['', ['config'], project_],
  [
    'dev',
    [app],
    {
      ...settings,
      '--record': ['x.txt', 'there.yaml', 'nowhere/x.yaml', ''],
      '--inspector-port': ['65536', 'x', '-1', ''],
    },
  ],
  ['config', [], settings],
  [
    'run',
    [tool],
    {
      ...project_,
      '--backend': settings['--backend'],
      '--limit': settings['--limit'],
      '--env': settings['--env'],
      '--guest-log-level': settings['--guest-log-level'],
      '--publish': settings['--publish'],
      '--blobs': settings['--blobs'],
      '--messaging': settings['--messaging'],
      '--postgres-url': settings['--postgres-url'],
    },
  ],
  ['types', [app], { ...project_, '--out': ['.', 'nowhere/x.d.ts', ''] }],
  ['inspect', [app], { ...project_, '--behavior': ['nowhere.yaml', '.', ''] }],
  [
    'test',
    ['there.yaml', '--against', 'redis,nats,postgres'],
    { ...project_, '--against': ['nothing', 'in_memory,', ''], ...servers, '--reporter': ['xml', ''] },
  ],
  [
    'conformance',
    ['--backend', 'in_memory'],
    {
      ...place,
      '--backend': [...(settings['--backend'] ?? []), './nowhere.js', '.'],
      '--option': ['a=b', 'novalue', ''],
      '--group': ['nothing', ''],
      '--reporter': ['xml', ''],
    },
  ],
  ['new', ['my-app'], { ...place, '--language': ['cobol', ''], '--wasi': ['0.4', ''] }],
  ['completions', ['bash'], place],
  ['kv', ['list', 'b'], stores],
  ['kv get', ['b', 'k'], stores],
  ['kv set', ['b', 'k'], { ...stores, '--file': ['nowhere', '.', ''], '--ttl': ['soon', '0', ''] }],
  ['kv delete', ['b', 'k'], stores],
  ['kv list', ['b'], stores],
  ['kv buckets', [], stores],
  ['kv import', ['b', 'there.yaml'], stores],
  ['kv export', ['b'], stores],
  [
    'kv copy',
    ['b', '--to', 'sqlite:other.db', '--backend', 'sqlite:a.db'],
    { ...stores, '--to': ['redis://', 'http://h', ''] },
  ],
  ['blob', ['list', 'c'], blobStores],
  ['blob list', ['c'], blobStores],
  ['blob get', ['c', 'o'], blobStores],
  ['blob put', ['c', 'o', 'there.yaml'], blobStores],
  ['blob delete', ['c', 'o'], blobStores],
  [
    'blob copy',
    ['c', '--as', 'd', '--blobs', 'filesystem:blobs'],
    { ...blobStores, '--to': ['redis://', 'http://h', ''] },
  ],
];
/** Those whose flags stand before what follows. */
const flagsFirst = ['kv', 'blob', 'run'];

const cases = commands.flatMap(([command, args, flags]) =>
  Object.entries(flags).flatMap(([flag, values = []]) =>
    values.map((value) => ({
      args:
        command === ''
          ? [flag, value, ...args]
          : flagsFirst.includes(command)
            ? [command, flag, value, ...args]
            : [...command.split(' '), ...args, flag, value],
      value,
    })),
  ),
);

test.for(cases)('a wrong value is wrong usage: kvasi $args', async ({ args, value }) => {
  expectUsage(await tell(args), value.split(/[=,/]/)[0] ?? '');
});

test('a flag that every command of kv has is one of kv', async () => {
  const stdout = new PassThrough();
  const context = { cwd: root, env: {}, stdin: stdout, stdout, stderr: stdout } as never;
  const { commands: all } = commandLine(context, () => {}, await loadAllSettings(), await commandParts());
  const kv = all.find((command) => command.name() === 'kv');
  const [first = [], ...others] =
    kv?.commands.map(({ options }) => options.map(({ long }) => long ?? '')) ?? [];
  const shared = first.filter((flag) => others.every((flags) => flags.includes(flag)));
  expect(shared).toEqual(expect.arrayContaining(['--address', '--backend']));
  expect(kv?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(shared));
});

test('a flag of kv stands before its command or behind it, and the last one counts', async () => {
  const set = ['set', 'b', 'k', 'v'];
  const get = ['get', 'b', 'k'];
  expect(await tell(['kv', '--backend', 'sqlite:one.db', ...set])).toMatchObject({ code: 0 });
  expect(await tell(['kv', ...get, '--backend', 'sqlite:one.db'])).toMatchObject({ code: 0, stdout: 'v' });
  expect(await tell(['kv', '--backend=sqlite:two.db', ...get])).toMatchObject({ code: 1 });
  expect(
    await tell(['kv', '--backend', 'sqlite:two.db', ...get, '--backend', 'sqlite:one.db']),
  ).toMatchObject({ code: 0, stdout: 'v' });
  const both = await tell(['kv', '--backend', 'sqlite:one.db', ...get, '--address', 'localhost:1']);
  expectUsage(both, 'Give one of them');
});

test('every flag with a value is in this table', async () => {
  const listed = new Map(commands.map(([command, , flags]) => [command, Object.keys(flags)]));
  const any = /^--(prefix|name|as)$/;
  const unlisted: string[] = [];
  const look = (command: ReturnType<typeof commandLine>, name: string): void => {
    for (const { long, required, optional } of command.options) {
      if (!(required || optional) || long == null || any.test(long)) continue;
      if (listed.get(name)?.includes(long) !== true) unlisted.push(`${name} ${long}`);
    }
    for (const inner of command.commands) look(inner, `${name} ${inner.name()}`.trim());
  };
  const stdout = new PassThrough();
  const context = { cwd: root, env: {}, stdin: stdout, stdout, stderr: stdout } as never;
  look(
    commandLine(context, () => {}, await loadAllSettings(), await commandParts()),
    '',
  );
  expect(unlisted).toEqual([]);
});

test.for([
  ['KVASI_ADDRESS', 'localhost'],
  ['KVASI_BACKEND', 'nonsense'],
  ['KVASI_INSTANCES', 'some'],
  ['KVASI_THREADS', '0'],
  ['KVASI_REQUEST_TIMEOUT', 'soon'],
  ['KVASI_LIMITS', 'memory'],
  ['KVASI_LIMITS', 'memory=much'],
  ['KVASI_LIMITS', 'nothing=1'],
  ['KVASI_LIMITS', 'memory=2GiB,totalMemory=1GiB'],
  ['KVASI_LOG_LEVEL', 'loud'],
  ['KVASI_POSTGRES_URL', 'http://h'],
  ['KVASI_CONFIG', 'nowhere.yaml'],
  ['KVASI_CONFIG', 'file.txt'],
  ['KVASI_REDIS_SERVER', 'nowhere'],
  ['KVASI_NATS_SERVER', 'nowhere'],
  ['KVASI_POSTGRES_SERVER', 'nowhere'],
] as const)('a wrong value of a variable is wrong usage: %s=%s', async ([name, value]) => {
  const args = /_SERVER$/.test(name)
    ? ['test', 'there.yaml', '--against', 'redis,nats,postgres']
    : ['config'];
  expectUsage(await tell(args, { [name]: value }), value.split(/[=,]/)[0] ?? '');
});

test.for([
  ['an unknown command', ['serve']],
  ['an unknown command of kv', ['kv', 'take']],
  ['an unknown flag', ['dev', '--prot', '1']],
  ['a flag without its value', ['dev', '--address']],
  ['a flag of another command', ['inspect', '--watch', app]],
  ['an argument too many', ['dev', app, app]],
  ['no argument', ['inspect']],
  ['no key', ['kv', 'get', 'b']],
  ['no component', ['dev']],
  ['no backend', ['conformance']],
  ['a component that is not there', ['dev', 'nowhere.wasm']],
  ['a component without a name', ['dev', '']],
  ['a file of scenarios that is not there', ['test', 'nowhere.yaml']],
  ['a name of no scenario', ['test', '--name', 'nothing', 'scenarios.yaml']],
  ['an unknown shell', ['completions', 'tcsh']],
  ['a name of no crate', ['new', 'My App']],
  ['a bucket copied to itself', ['kv', 'copy', 'b', '--backend', 'sqlite:a.db', '--to', 'sqlite:a.db']],
  ['a value twice', ['kv', 'set', 'b', 'k', 'v', '--file', 'file.txt', '--backend', 'sqlite:a.db']],
  ['lines that are no entries', ['kv', 'import', 'b', 'file.txt', '--backend', 'sqlite:a.db']],
  ['a configuration for what reads none', ['--config', 'there.yaml', 'completions', 'bash']],
] as const)('%s is wrong usage', async ([, args]) => {
  expectUsage(await tell(args), '');
});

test.for([
  ['a mistake in the configuration', ['config', '-C', 'mistake']],
  ['a mistake in the configuration that is named', ['config', '--config', 'mistake/.wash/config.yaml']],
  ['a mistake in a file of scenarios', ['test', 'mistake.yaml']],
  ['a file without a scenario', ['test', 'there.yaml']],
  ['a component that is none', ['inspect', 'empty.wasm']],
  ['a component that is none, to be served', ['dev', 'empty.wasm']],
  ['an address of another machine', ['dev', app, '--address', '203.0.113.1:0']],
  ['a key that is not there', ['kv', 'get', 'b', 'k', '--backend', 'sqlite:a.db']],
  ['a store that is away', ['kv', 'get', 'b', 'k', '--backend', 'redis://127.0.0.1:1']],
  ['a store that only a running host has', ['kv', 'list', 'b']],
  ['a backend that is none', ['conformance', '--backend', './backend.js']],
  ['a scenario that fails', ['test', 'scenarios.yaml']],
] as const)('%s is a failure', async ([, args]) => {
  const { code, stderr } = await tell(args);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code, stderr).toBe(1);
});

test('docs/commands.md says so', async () => {
  const text = await readFile(join(root, 'docs/commands.md'), 'utf8');
  expect(text).toMatch(/^\| 1 +\| failed: the call was right/m);
  expect(text).toMatch(/^\| 2 +\| wrong usage: the call itself/m);
});

test('docs/commands.md has every command in its table', async () => {
  const text = await readFile(join(root, 'docs/commands.md'), 'utf8');
  const stdout = new PassThrough();
  const context = { cwd: root, env: {}, stdin: stdout, stdout, stderr: stdout } as never;
  const { commands: all } = commandLine(context, () => {}, await loadAllSettings(), await commandParts());
  for (const command of all) expect(text).toMatch(new RegExp(`^\\| \`kvasi ${command.name()}[ \`]`, 'm'));
});
