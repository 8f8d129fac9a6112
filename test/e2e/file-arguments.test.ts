import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { component, runKvasi } from '../support/kvasi-in-process.ts';
import { main, runKvasi as runProcess } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { runWithoutRights } from '../support/without-rights.ts';

describe.runIf(process.platform !== 'win32')('what is no file is refused at once', () => {
  const commands = [
    ['kv', 'import', 'b', '@', '--backend', 'sqlite:kv.db'],
    ['kv', 'set', 'b', 'k', '--file', '@', '--backend', 'sqlite:kv.db'],
    ['kv', 'export', 'b', '@', '--backend', 'sqlite:kv.db'],
    ['inspect', '@'],
    ['inspect', component('hello'), '--behavior', '@'],
    ['test', '@'],
    ['conformance', '--backend', './@'],
    ['config', '--config', '@'],
    ['dev', '@', '--address', 'localhost:0'],
    ['dev', component('hello'), '--record', '@'],
  ];

  test.for(commands)('%j', { timeout: 60_000 }, async (args) => {
    await using project = await Project.create({ 'folder.yaml/a': '', plain: '' });
    await promisify(execFile)('mkfifo', [join(project.folder, 'pipe.yaml')]);
    const socket = createServer().listen(join(project.folder, 'socket.yaml'));
    await once(socket, 'listening');
    for (const name of ['folder.yaml', 'pipe.yaml', 'socket.yaml', 'plain/absent.yaml']) {
      const given = args.map((arg) => arg.replace('@', name));
      const { code, stderr } = await runKvasi(given, { cwd: project.folder, patience: 10_000 });
      expect(code, stderr).toBeGreaterThan(0);
      expect(stderr).toMatch(/^kvasi: [^\n]*\n$/);
      expect(stderr).toContain(name.split('.')[0]);
    }
    socket.close();
  });

  test.for([
    ['components: [{ name: a, file: none.wasm }]', 'components[0].file', 'none.wasm does not exist'],
    ['components: [{ name: a, file: plain }]', 'components[0].file', 'plain is no WebAssembly file'],
    ["schedules: [{ cron: '@daily', component: none.wasm }]", 'schedules[0].component', 'does not exist'],
    [
      `schedules: [{ cron: '@daily', component: ${component('hello')} }]`,
      'schedules[0].component',
      'wasi:cli/run',
    ],
    ["schedules: [{ cron: '@daily' }]", 'schedules[0]', 'wasi:cli/run'],
    ['service_file: none.wasm', 'service_file', 'none.wasm does not exist'],
    [`service_file: ${component('hello')}`, 'service_file', 'wasi:cli/run'],
    ['service_image: ./none.wasm', 'service_image', 'none.wasm does not exist'],
    ['blobstore: { backend: in_memory, seed: none }', 'blobstore.seed', 'none: it does not exist'],
    ['blobstore: { backend: in_memory, seed: plain }', 'blobstore.seed', 'plain: it is no folder'],
    ['keyvalue: { b: { backend: in_memory, seed: none } }', 'keyvalue.b.seed', 'none: it does not exist'],
  ] as const)('what is named by %s is told with its place', async ([line, key, reason]) => {
    await using project = await Project.create({ plain: 'a file', '.wash/config.yaml': `dev:\n  ${line}\n` });
    const args = ['dev', component('hello'), '--address', 'localhost:0', '--no-inspector'];
    const { code, stderr } = await runKvasi(args, { cwd: project.folder, patience: 10_000 });
    const [place, ...rest] = stderr.split(`: dev.${key}: `);
    expect(place).toMatch(/^kvasi: \.wash\/config\.yaml:2:\d+$/);
    expect(rest).toHaveLength(1);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('use kvasi dev');
    expect(code).toBe(1);
  });

  test('a component that is not there is told with its place where the configuration names it', async () => {
    await using project = await Project.create({
      '.wash/config.yaml': 'dev:\n  component_path: none.wasm\n',
    });
    const args = ['dev', '--address', 'localhost:0', '--no-inspector'];
    const named = await runKvasi(args, { cwd: project.folder, patience: 10_000 });
    expect(named.stderr).toMatch(/^kvasi: \.wash\/config\.yaml:2:3: \S+none\.wasm does not exist\. Build/);
    expect(named.code).toBe(1);
    const inspected = await runKvasi(['inspect', '-C', project.folder]);
    expect(inspected.stderr).toMatch(
      /^kvasi: \.wash\/config\.yaml:2:3: \S+none\.wasm does not exist\. Build/,
    );
    expect(inspected.code).toBe(1);
    const given = await runKvasi([...args, 'other.wasm'], { cwd: project.folder, patience: 10_000 });
    expect(given.stderr).toMatch(/^kvasi: \S+other\.wasm does not exist\. Build/);
    expect(given.code).toBe(2);
  });

  test('a project is not written over a file', async () => {
    await using project = await Project.create({ 'my-app': '' });
    const { code, stderr } = await runKvasi(['new', 'my-app'], { cwd: project.folder });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'kvasi: my-app is there already, and no folder. Take another name.\n',
    });
  });

  test.for([
    ['a seed', { dev: { keyvalue: { b: { backend: 'in_memory', seed: 'pipe' } } } }, 1],
    ['a configuration that is found', undefined, 2],
  ] as const)('%s that is a named pipe holds nothing up', async ([, config, exitCode]) => {
    await using project = await Project.create(
      config === undefined ? { '.wash/a': '' } : { '.wash/config.json': JSON.stringify(config) },
    );
    const pipe = config === undefined ? '.wash/config.yaml' : 'pipe';
    await promisify(execFile)('mkfifo', [join(project.folder, pipe)]);
    const args = ['dev', component('hello'), '--address', 'localhost:0'];
    const { code, stderr } = await runKvasi(args, { cwd: project.folder, patience: 10_000 });
    expect(stderr).toMatch(/^kvasi: [^\n]*is a named pipe[^\n]*\n$/);
    expect(code).toBe(exitCode);
  });

  test.for([
    [
      '.kvasi',
      'kv copy b --to sqlite:other.db',
      /^kvasi: how far the copy is can't be kept in \S+: ENOTDIR[^\n]*\n$/,
    ],
    ['tmp', 'conformance --backend sqlite', /^kvasi: a file or folder can't be used: ENOTDIR[^\n]*\n$/],
  ] as const)(
    'a file in the place of the folder %s is told in one line',
    async ([name, command, message]) => {
      const keys = Array.from({ length: 3000 }, (_, index) => `{"key":"k${index}","value":"v"}\n`);
      await using project = await Project.create({ [name]: 'a file', 'in.jsonl': keys.join('') });
      const backend = ['--backend', `sqlite:${join(project.folder, 'kv.db')}`];
      await runKvasi(['kv', 'import', 'b', 'in.jsonl', ...backend], { cwd: project.folder });
      const args = [...command.split(' '), ...(command.startsWith('kv') ? backend : [])];
      const env = { TMPDIR: join(project.folder, 'tmp') };
      const { code, stderr } = await runProcess(args, { cwd: project.folder, env });
      expect(stderr).toMatch(message);
      expect(code).toBeGreaterThan(0);
    },
  );

  test.for(['sqlite:plain/kv.db', 'sqlite:plain/x/kv.db', 'filesystem:plain', 'filesystem:plain/x'])(
    'a file in the place of a folder of the store %s is told with what to do',
    async (backend) => {
      await using project = await Project.create({ plain: '' });
      for (const command of ['set b k v', 'get b k', 'list b']) {
        const args = ['kv', ...command.split(' '), '--backend', backend];
        const { code, stderr } = await runKvasi(args, { cwd: project.folder });
        expect(stderr).toMatch(/^kvasi: [^\n]*A file is in the place of a folder: move it away\.\n$/);
        expect(code).toBe(1);
      }
    },
  );

  test('a configuration in a folder that this user may not enter is not passed over', async () => {
    await using project = await Project.create({ '.wash/config.yaml': '' });
    await chmod(join(project.folder, '.wash'), 0o000);
    const ended = runWithoutRights([main, 'config'], { cwd: project.folder });
    await expect(ended).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^kvasi: \.wash\/config\.yaml may not be read by this user\.[^\n]*\n$/),
    });
    await chmod(join(project.folder, '.wash'), 0o700);
  });

  test('but what a shell has opened is read', async () => {
    await using project = await Project.create({ 'in.jsonl': '{"key":"a","value":"b"}\n' });
    const script = `cat in.jsonl | '${process.execPath}' '${main}' kv import b /dev/stdin --backend sqlite:kv.db`;
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: project.folder });
    expect(stdout).toMatch(/^1 keys set/);
  });
});
