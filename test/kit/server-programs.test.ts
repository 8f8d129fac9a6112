import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { backends, startHost } from '../../host/testing.ts';
import { hostUrl } from '../support/host-url.ts';
import { component, runKvasi } from '../support/kvasi-in-process.ts';
import { runKvasi as runProcess } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { isInstalled, redisServer } from '../support/server.ts';
import { runVitest } from '../support/vitest-run.ts';
import { assertWellFormed } from '../support/xml.ts';

const hasRedis = await isInstalled(redisServer);
const counter = `component: ${component('kv-counter')}
scenarios:
  - name: counts
    steps: [{ request: GET /a, expect: { body: "1\\n" } }]
`;
/** Where there is a Node and nothing else. */
const bare = { PATH: dirname(process.execPath), CI: '' };

/** A project with a program of its own that is a Redis server; it does not become one, but starts one. */
async function withOwnServer(files: Record<string, string> = {}): Promise<Project & { program: string }> {
  const project = await Project.create({ ...files, 'redis-own': '#!/bin/sh\nredis-server "$@"\n' });
  const program = join(project.folder, 'redis-own');
  await chmod(program, 0o755);
  return Object.assign(project, { program });
}

describe.runIf(hasRedis)('the server of a test can be named', () => {
  test('to backends(), which tells its version, and nothing of it is left', async () => {
    await using project = await withOwnServer();
    const [given] = await backends({ redis: project.program });
    if (given === undefined) throw new Error('no backend');
    let url = '';
    {
      await using backend = given;
      expect(String(backend)).toMatch(/^redis \(redis-own \d+\.\d+\.\d+\)$/);
      const entry = await backend.entry();
      url = entry.url ?? '';
      await using host = await startHost({
        component: component('kv-counter'),
        keyvalue: { default: entry },
      });
      expect(await (await host.fetch('/visits')).text()).toBe('1\n');
    }
    await expect(fetch(url.replace('redis:', 'http:'))).rejects.toThrow('fetch failed');
    await expect(given.entry()).rejects.toThrow('redis has been disposed of; ask backends() again.');
  });

  test('by KVASI_REDIS_SERVER', async () => {
    await using project = await withOwnServer();
    vi.stubEnv('KVASI_REDIS_SERVER', project.program);
    try {
      const [backend] = await backends('redis');
      expect(backend?.server).toMatch(/^redis-own \d/);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.for([
    ['table', /^redis: redis-own \d+\.\d+\.\d+$/m],
    [
      'junit',
      / on redis" [^>]*>\n +<properties>\n +<property name="server" value="redis-own \d[\d.]+"\/>\n +<\/properties>\n/,
    ],
    ['tap', /^TAP version 14\n# redis: redis-own \d+\.\d+\.\d+\n1\.\.1\n/],
    ['json', /"servers": \{\n +"redis": "redis-own \d+\.\d+\.\d+"\n/],
  ] as const)('to kvasi test, which names its version in the report %s', async ([reporter, shown]) => {
    await using project = await withOwnServer({ 'scenarios.yaml': counter });
    const args = ['test', '--against', 'redis', '--redis-server', './redis-own', '--reporter', reporter];
    const { code, stdout, stderr } = await runKvasi(args, { cwd: project.folder });
    expect(stdout, stderr).toMatch(shown);
    if (reporter === 'junit') assertWellFormed(stdout);
    expect(code).toBe(0);
  });

  test('to kvasi test by a variable, which a flag goes before', async () => {
    await using project = await withOwnServer({ 'scenarios.yaml': counter });
    const run = (...more: string[]) =>
      runKvasi(['test', '--against', 'redis', ...more], {
        cwd: project.folder,
        env: { KVASI_REDIS_SERVER: project.program },
      });
    expect((await run()).stdout).toMatch(/^redis: redis-own \d/m);
    expect((await run('--redis-server', 'redis-server')).stdout).toMatch(/^redis: redis-server \d/m);
  });
});

test.for([
  ['./none', /which does not exist\. Name the program of a redis-server\.$/],
  ['no-such-program', /which is not found on PATH\./],
  ['.', /which is not found on PATH\.|which is no program that this user may start\./],
  ['./plain', /which is no program that this user may start\./],
  ['./silent', /which says no version where it is asked for --version\./],
  ['./failing', /which ends with 3 where it is asked for --version\./],
] as const)('a program that is no server is an error, not a skip: %s', async ([program, message]) => {
  await using project = await Project.create({
    plain: 'text',
    silent: '#!/bin/sh\n',
    failing: '#!/bin/sh\nexit 3\n',
    'scenarios.yaml': counter,
  });
  for (const name of ['silent', 'failing']) await chmod(join(project.folder, name), 0o755);
  const args = ['test', '--against', 'redis', '--redis-server', program];
  const { code, stderr } = await runKvasi(args, { cwd: project.folder });
  expect(stderr.trimEnd()).toMatch(message);
  expect(stderr).toMatch(/^kvasi: --redis-server is ".*", which /);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
});

test('the program of a server that is not tested is a mistake', async () => {
  await using project = await Project.create({ 'scenarios.yaml': counter });
  const { code, stderr } = await runKvasi(['test', '--nats-server', 'x'], { cwd: project.folder });
  expect(stderr).toBe(
    'kvasi: --nats-server is given, but nothing is tested against nats. Add --against nats.\n',
  );
  expect(code).toBe(2);
});

test.for([
  [{ redsi: 'x' }, 'there is no backend with a server "redsi". Expected one of redis, nats, postgres.'],
  [{ sqlite: 'x' }, 'there is no backend with a server "sqlite".'],
  [{ redis: 7 }, 'the redis server of backends() is 7, a number. Expected the program of a server.'],
  [undefined, 'backends() got undefined. Expected names of backends'],
  [{ redis: '/none' }, 'the redis server of backends() is "/none", which does not exist.'],
] as const)('backends(%j) is refused', async ([choice, message]) => {
  await expect(backends(choice as never)).rejects.toThrow(message);
});

describe('a server that is not installed', () => {
  const five = `import { describeBackends } from ${JSON.stringify(hostUrl('vitest').href)};
import { beforeEach, expect } from 'vitest';
await describeBackends(
  ['in_memory', 'filesystem', 'sqlite', 'redis', 'nats'],
  { component: ${JSON.stringify(component('kv-counter'))} },
  (test) => {
    beforeEach(() => {});
    test('a', async ({ host }) => { await expect(await host.fetch('/a')).toHaveStatus(200); });
    test('b', ({ host }) => { expect(host.operations()).toEqual([]); });
    test('c', () => {});
  },
);
`;

  test('has its tests in the report of vitest, skipped and with the reason', async () => {
    await using project = await Project.create({ 'a.test.ts': five });
    const { code, output } = await runVitest(project, ['--reporter', 'verbose'], bare);
    expect(output).toMatch(/Tests +9 passed \| 6 skipped \(15\)/);
    expect(output).toMatch(
      /↓ a\.test\.ts > redis: redis-server is not found on PATH \(apt install .*\) > a$/m,
    );
    expect(output).toMatch(/↓ a\.test\.ts > nats: nats-server is not found on PATH \(apt install .*\) > c$/m);
    expect(code).toBe(0);
  });

  test('is an error of vitest where nobody would notice', async () => {
    await using project = await Project.create({ 'a.test.ts': five });
    const { code, output } = await runVitest(project, [], { ...bare, CI: 'true' });
    expect(output).toContain("redis can't be tested against: redis-server is not found on PATH");
    expect(code).toBe(1);
  });

  test('is told by backends(), whose entry() rejects', async () => {
    vi.stubEnv('PATH', '/none');
    vi.stubEnv('CI', '');
    try {
      const [memory, redis] = await backends('in_memory', 'redis');
      expect(memory?.missing).toBe(undefined);
      expect(redis?.missing).toMatch(/^redis-server is not found on PATH \(apt install /);
      await expect(redis?.entry()).rejects.toThrow('there is no redis to test against: redis-server is not');
      vi.stubEnv('CI', '1');
      await expect(backends('redis')).rejects.toThrow("redis can't be tested against: redis-server is not");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test.for([
    [['--against', 'redis'], 'redis'],
    [['--against', 'redis,nats', '--update'], 'redis'],
    [['--against', 'in_memory,nats', '--reporter', 'junit'], 'nats'],
  ] as const)('is an error of kvasi test %j, and nothing runs', async ([args, name]) => {
    await using project = await Project.create({ 'scenarios.yaml': counter });
    const { code, stdout, stderr } = await runProcess(['test', ...args], { cwd: project.folder, env: bare });
    expect(stderr).toMatch(
      new RegExp(
        `^kvasi: ${name} can't be tested: ${name}-server is not found on PATH .*\\. Install it, or name its program with --${name}-server\\.\n$`,
      ),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

test('scenarios that are all skipped have not passed, and that is said', async () => {
  const skipped = counter.replace('    steps', '    skip: { in_memory: why }\n    steps');
  await using project = await Project.create({ 'scenarios.yaml': skipped });
  const { code, stderr } = await runKvasi(['test'], { cwd: project.folder });
  expect(stderr).toContain('kvasi: nothing ran, as every scenario was skipped.\n');
  expect(code).toBe(1);
});
