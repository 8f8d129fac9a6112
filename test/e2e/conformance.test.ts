import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { groups } from '../../host/interfaces/keyvalue/conformance/groups.ts';
import { root, runKvasi } from '../support/kvasi-in-process.ts';
import { StartedKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { freePort, isInstalled, natsServer, redisServer, Server } from '../support/server.ts';
import { assertWellFormed } from '../support/xml.ts';

const [hasRedis, hasNats] = [await isInstalled(redisServer), await isInstalled(natsServer)];
const all = groups.flatMap(({ cases }) => cases).length;

/** A backend in memory, with one operation replaced. */
const defective = (operation: string): string => `
import { defineBackend } from ${JSON.stringify(join(root, 'host/backend.ts'))};
import { InMemoryBackend } from ${JSON.stringify(join(root, 'host/interfaces/keyvalue/backends/memory/in-memory.ts'))};
import { memory as inMemory } from ${JSON.stringify(join(root, 'host/interfaces/keyvalue/backends/memory/memory.ts'))};
export default defineBackend({
  name: 'defective',
  options: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: any) =>
        value.color === undefined || value.color === 7
          ? { value }
          : { issues: [{ message: 'has to be 7', path: ['color'] }] },
    },
  },
  capabilities: inMemory.capabilities,
  connect(options, context) {
    const memory = new InMemoryBackend({ now: context.now });
    return {
      close() {},
      open(name, settings) {
        const bucket = memory.open(name, settings);
        return new Proxy(bucket, {
          get: (target, property) => ({ ${operation} })[property] ?? target[property]?.bind(target),
        });
      },
    };
  },
});
`;

test('a backend of the host passes: a line for each group, and the last line counts', async () => {
  const { code, stdout, stderr } = await runKvasi(['conformance', '--backend', 'sqlite']);
  expect(stdout).toContain('sqlite in a temporary folder');
  for (const { name, cases } of groups) {
    expect(stdout).toMatch(new RegExp(`^${name} +${cases.length} +0 +0$`, 'm'));
    expect(stderr).toContain(`] ${name}\n`);
  }
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(`${all} passed, 0 failed`);
  expect(code).toBe(0);
});

test('what a backend can’t do is skipped, and why is said', async () => {
  const { code, stdout } = await runKvasi(['conformance', '--backend', 'in_memory', '--group', 'restarts']);
  expect(stdout).toMatch(/^restarts +1 +0 +3$/m);
  expect(stdout).toContain('3 skipped: it is not durable');
  expect(code).toBe(0);
});

test('a defect is found, and shown with what was expected and where', async () => {
  await using project = await Project.create({ 'mine.ts': defective('exists: () => true') });
  const { code, stdout } = await runKvasi(['conformance', '--backend', './mine.ts', '--group', 'values'], {
    cwd: project.folder,
  });
  expect(stdout).toContain('FAILED values > a key that was never set has no value and does not exist');
  expect(stdout).toMatch(/Expected values to be strictly equal:\s+true !== false/);
  expect(stdout).toMatch(/conformance\/group-values\.ts:\d+/);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('10 passed, 1 failed');
  expect(code).toBe(1);
});

test('the output that docs/backends.md shows is that of the backend that it shows', async () => {
  const document = await readFile(join(root, 'docs/backends.md'), 'utf8');
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(document) ?? [];
  const [, shown = ''] =
    /\$ npx kvasi conformance --backend \.\/my-backend\.ts\n((?:(?: {4}.*)?\n)*)/.exec(document) ?? [];
  const own = code.replace("'kvasi/backend'", JSON.stringify(join(root, 'host/backend.ts')));
  await using project = await Project.create({ 'my-backend.ts': own });
  const { stdout } = await runKvasi(['conformance', '--backend', './my-backend.ts'], {
    cwd: project.folder,
  });
  const plain = (text: string): string => text.replace(/conformance-[0-9a-f]{8}/, 'conformance-');
  expect(plain(shown.replaceAll(/^ {4}/gm, '').trim())).toBe(plain(stdout.trim()));
});

test('a stale read is found, and its timeline shown', async () => {
  // Now and then what a key held before its first write is read. What it held before the last one may be explained by a write that is
  // under way, so that a later operation is the first that nothing explains.
  const stale = `
    set(key, value) {
      globalThis.old ??= new Map();
      if (!globalThis.old.has(key)) globalThis.old.set(key, target.get(key));
      target.set(key, value);
    },
    get: (key) => Math.random() < 0.3 ? globalThis.old?.get(key) : target.get(key)`;
  await using project = await Project.create({ 'mine.ts': defective(stale) });
  const { code, stdout } = await runKvasi(
    ['conformance', '--backend', './mine.ts', '--group', 'linearizability'],
    { cwd: project.folder },
  );
  expect(stdout).toContain('no order of these operations explains the marked answer');
  expect(stdout).toMatch(/ get → .*├.*┤ {2}← this one/);
  expect(code).toBe(1);
});

test('a backend that throws what is no StoreError fails with the stack', async () => {
  await using project = await Project.create({
    'mine.ts': defective(`delete() { throw new TypeError('nothing here') }`),
  });
  const { code, stdout } = await runKvasi(['conformance', '--backend', './mine.ts', '--group', 'values'], {
    cwd: project.folder,
  });
  expect(stdout).toMatch(/TypeError: nothing here\n +at .*mine\.ts/);
  expect(code).toBe(1);
});

test('--reporter junit prints well-formed XML and nothing else', async () => {
  await using project = await Project.create({
    'mine.ts': defective(`exists: () => { throw new Error('<&"\\0\\x1b[31m\\ud800]]>') }`),
  });
  const args = ['conformance', '--backend', './mine.ts', '--reporter', 'junit'];
  const groupArgs = ['values', 'restarts'].flatMap((name) => ['--group', name]);
  const { code, stdout } = await runKvasi([...args, ...groupArgs], { cwd: project.folder });
  assertWellFormed(stdout);
  expect(stdout).toMatch(/<testsuites name="[^"]*mine\.ts" tests="15" failures="[1-9]\d*" skipped="3"/);
  expect(stdout).toMatch(/<testcase [^>]*name="an empty value is a value"[^>]*>\n +<failure message="/);
  expect(stdout).toContain('<skipped message="it is not durable"/>');
  expect(code).toBe(1);
});

test('options reach the module, and those that it does not take are named', async () => {
  await using project = await Project.create({ 'mine.ts': defective('') });
  const run = (option: string) =>
    runKvasi(['conformance', '--backend', './mine.ts', '--group', 'values', '--option', option], {
      cwd: project.folder,
    });
  expect((await run('color=7')).code).toBe(0);
  const refused = await run('color=red');
  expect(refused.stderr).toMatch(/^kvasi: \.\/mine\.ts can't be tested: .*color: has to be 7\n$/);
  expect(refused.code).toBe(1);
});

describe('what cannot be tested is one message', () => {
  test('a store that is away', async () => {
    const backend = `redis://me:s3cret@127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr } = await runKvasi(['conformance', '--backend', backend]);
    expect(stderr).toMatch(/^kvasi: redis redis:.*can't be tested: .*ECONNREFUSED.*\n$/);
    expect(stdout + stderr).not.toContain('s3cret');
    expect(code).toBe(1);
  });

  test.for([
    [['--backend', 'redsi'], /did you mean redis\?/, 2],
    [['--backend', './none.ts'], /none\.ts can't be loaded/, 2],
    [['--backend', 'sqlite', '--group', 'nothing'], /--group is "nothing"\. Expected "values", /, 2],
    [['--backend', 'sqlite', '--option', 'a=1'], /--option is for backends of your own/, 2],
    [['--backend', './none.ts', '--option', 'a'], /--option is "a"\. Expected key=value/, 2],
    [[], /'--backend <name\|url\|module>' not specified/, 2],
  ] as const)('%j', async ([args, message, expected]) => {
    const { code, stderr } = await runKvasi(['conformance', ...args]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(expected);
  });
});

describe('what it wrote is removed, and what others wrote is not', () => {
  const some = ['keys and buckets', 'expiry', 'listing'].flatMap((name) => ['--group', name]);

  test('in a folder, also after Ctrl-C', async () => {
    await using project = await Project.create({ 'others/k': 'theirs' });
    const run = new StartedKvasi(['conformance', '--backend', `filesystem:${project.folder}`]);
    await run.until(/\] listing\n/);
    run.kill('SIGINT');
    expect(await run.ended).toBe(1);
    expect(run.finished.stdout).toMatch(/writes buckets conformance-/i);
    expect((await readdir(project.folder)).sort()).toEqual(['.kvasi', 'others']);
    expect(await readdir(join(project.folder, 'others'))).toEqual(['k']);
    // The bucket without a name stays, empty.
    const own = await readdir(join(project.folder, '.kvasi', 'buckets'), { recursive: true });
    expect(own.length).toBeLessThanOrEqual(1);
  });

  test.runIf(hasRedis)('in Redis', async () => {
    await using server = await Server.start(redisServer);
    const raw = new Redis(server.port, '127.0.0.1');
    await raw.set('others:k', 'theirs');
    const { code } = await runKvasi([
      'conformance',
      '--backend',
      `redis://127.0.0.1:${server.port}`,
      ...some,
    ]);
    expect(code).toBe(0);
    // Hidden marks of swaps end by themselves.
    for (const key of await raw.keys('%25mark:*')) expect(await raw.pttl(key)).toBeGreaterThan(0);
    expect((await raw.keys('*')).filter((key) => !key.startsWith('%25mark:'))).toEqual(['others:k']);
    await raw.quit();
  });

  test.runIf(hasNats)('in NATS', async () => {
    await using server = await Server.start(natsServer);
    const { code } = await runKvasi(['conformance', '--backend', `nats://127.0.0.1:${server.port}`, ...some]);
    expect(code).toBe(0);
    const raw = await connect({ servers: `127.0.0.1:${server.port}` });
    const { streams } = (await raw.request('$JS.API.STREAM.NAMES', '{}')).json<{ streams: string[] }>();
    // That of the bucket without a name.
    expect(streams).toEqual(['KV_=']);
    await raw.close();
  });
});
