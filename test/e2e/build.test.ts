import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { KvasiDev as DevProcess } from '../support/kvasi-process.ts';
import { processesOf } from '../support/process-stats.ts';
import { Project } from '../support/project.ts';

/** Does what the words in `src/task.txt` ask for, and copies the component that the first one names. */
const builder = `
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const [name, ...tasks] = readFileSync('src/task.txt', 'utf8').trim().split(' ');
console.log('compiling', name, process.env.PROFILE ?? '');
writeFileSync('generated.txt', 'the same each time');
writeFileSync('ignored.log', String(Math.random()));
if (tasks.includes('stamp')) writeFileSync('stamp.txt', String(Math.random()));
if (tasks.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 1000));
if (tasks.includes('hang')) setInterval(() => {}, 1000);
else {
  if (tasks.includes('fail')) {
    console.error('error: this can not be compiled');
    process.exit(3);
  }
  mkdirSync('target/out', { recursive: true });
  copyFileSync(name + '.wasm', 'target/out/app.wasm');
}
`;
const config = {
  build: {
    command: `"${process.execPath}" "$PWD/build.mjs"`,
    env: { PROFILE: 'release' },
    component_path: 'target/out/app.wasm',
  },
};

async function projectOf(task: string): Promise<Project> {
  return await Project.create({
    '.wash/config.json': JSON.stringify(config),
    '.gitignore': '*.log\nout/\n',
    'build.mjs': builder,
    'src/task.txt': task,
    'counter.wasm': await readFile(component('kv-counter')),
    'misbehave.wasm': await readFile(component('misbehave')),
  });
}

const builds = (kvasi: KvasiDev) => kvasi.stdout.match(/^building/gm)?.length ?? 0;
const until = (kvasi: KvasiDev, status: number) =>
  expect
    .poll(async () => (await kvasi.fetch('/status/299')).status, { timeout: 10_000, interval: 20 })
    .toBe(status);

test('build.command is run first, with build.env and its output, and again when a source changes', async () => {
  await using project = await projectOf('counter');
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  expect(kvasi.stdout).toMatch(/^building {2}.*build\.mjs"\ncompiling counter release\nbuilt {2}[\d.]+ ms\n/);
  expect(await kvasi.text('/a')).toBe('1\n');
  await project.write('src/task.txt', 'misbehave');
  await until(kvasi, 299);
  // Lines about requests stand between these.
  await kvasi.until(/building {2}.* changed: [\s\S]*\ncompiling misbehave release\n[\s\S]*built/);
  await kvasi.until(/^reloaded {2}app/m);
  expect(kvasi.stderr).toBe('');
});

test('a build that fails is told once, and the last good component goes on', async () => {
  await using project = await projectOf('counter');
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await project.write('src/task.txt', 'misbehave fail');
  await kvasi.until(/The last good component is served on/);
  expect(kvasi.stderr).toMatch(
    /^error: this can not be compiled\nkvasi: the build failed: it ended with status 3/,
  );
  expect(await kvasi.text('/a')).toBe('1\n');
  await sleep(500);
  expect(kvasi.stderr.match(/the build failed/g)).toHaveLength(1);
  await project.write('src/task.txt', 'misbehave');
  await until(kvasi, 299);
});

test('neither what git ignores nor what the build itself writes starts a build', async () => {
  await using project = await projectOf('counter');
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  // The file that the build made is new to the watch, which has to see once that it stays the same.
  await sleep(1500);
  const before = builds(kvasi);
  expect(before).toBeLessThanOrEqual(2);
  for (const path of ['some.log', 'src/deep.log', 'out/file.txt', 'node_modules/a/b.js', '.kvasi/state'])
    await project.write(path, 'new');
  await sleep(1000);
  expect(builds(kvasi)).toBe(before);
  await project.write('src/new-folder/new.txt', 'new');
  await kvasi.until(/building {2}src\/new-folder\/new\.txt changed/);
});

test('a build that writes a source itself does not go on for ever, and that is said', async () => {
  await using project = await projectOf('counter stamp');
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await kvasi.until(/warning: each build changes stamp\.txt, .*name it in \.gitignore/);
  await sleep(1000);
  const before = builds(kvasi);
  expect(before).toBeLessThanOrEqual(6);
  await sleep(1000);
  expect(builds(kvasi)).toBe(before);
  await project.write('stamp.txt', 'by hand');
  await expect.poll(() => builds(kvasi), { timeout: 5000 }).toBeGreaterThan(before);
});

test('a change during a build starts another one after it', async () => {
  await using project = await projectOf('counter');
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await sleep(1500);
  const before = builds(kvasi);
  await project.write('src/task.txt', 'counter slow');
  await expect.poll(() => builds(kvasi), { timeout: 5000 }).toBe(before + 1);
  await sleep(300);
  await project.write('src/task.txt', 'misbehave');
  await until(kvasi, 299);
  expect(builds(kvasi)).toBe(before + 2);
});

test('a first build that fails is exit code 1 where nobody sits in front of it', async () => {
  await using project = await projectOf('counter fail');
  const { code, stderr } = await runKvasi(['dev', '--address', 'localhost:0'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/this can not be compiled\nkvasi: the build failed: it ended with status 3/);
});

test('a command that makes something else than it should is told', async () => {
  await using project = await projectOf('counter');
  await project.write('build.mjs', '');
  const { code, stderr } = await runKvasi(['dev', '--address', 'localhost:0'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/target\/out\/app\.wasm does not exist/);
});

test('a component that the command line names is served as it is', async () => {
  await using project = await projectOf('counter');
  await using kvasi = await KvasiDev.start(['misbehave.wasm'], { cwd: project.folder });
  await until(kvasi, 299);
  expect(builds(kvasi)).toBe(0);
});

test.runIf(process.platform !== 'win32')(
  'Ctrl-C ends a build with everything that it has started',
  async () => {
    await using project = await projectOf('counter');
    const script = join(project.folder, 'build.mjs');
    await using kvasi = await DevProcess.start([], { cwd: project.folder });
    await project.write('src/task.txt', 'misbehave hang');
    await kvasi.until(/compiling misbehave/);
    expect(await processesOf(script)).toHaveLength(1);
    kvasi.signal('SIGINT');
    expect(await kvasi.ended).toBe(0);
    await expect.poll(() => processesOf(script)).toEqual([]);
    expect(kvasi.stderr).toBe('');
  },
);

test.runIf(process.platform !== 'win32')('a second Ctrl-C does not leave the build behind', async () => {
  await using project = await projectOf('counter');
  await project.write('build.mjs', `process.on('SIGTERM', () => {});\n${builder}`);
  const script = join(project.folder, 'build.mjs');
  await using kvasi = await DevProcess.start([], { cwd: project.folder });
  await project.write('src/task.txt', 'misbehave hang');
  await kvasi.until(/compiling misbehave/);
  kvasi.signal('SIGINT');
  await sleep(200);
  kvasi.signal('SIGINT');
  expect(await kvasi.ended).toBe(130);
  await expect.poll(() => processesOf(script)).toEqual([]);
});

test('--json tells of builds on standard output, and what they print on standard error', async () => {
  await using project = await projectOf('counter');
  await using kvasi = await KvasiDev.start(['--json'], { cwd: project.folder });
  await project.write('src/task.txt', 'misbehave fail');
  await kvasi.until(/"event":"build-failed"/);
  const events = kvasi.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.find(({ event }) => event === 'building')).toMatchObject({ command: config.build.command });
  expect(events.find(({ event }) => event === 'built')).toMatchObject({ milliseconds: expect.any(Number) });
  expect(events.findLast(({ event }) => event === 'building')).toMatchObject({
    changed: expect.arrayContaining(['src/task.txt']),
  });
  expect(events.at(-1)).toMatchObject({ event: 'build-failed', reason: expect.stringContaining('status 3') });
  expect(kvasi.stderr).toContain('compiling counter');
});

const sourceChanged = /^building {2}src\/task\.txt changed: /m;

/** A project whose build makes nothing that is watched. */
async function quietProject(dev: object): Promise<Project> {
  const project = await projectOf('counter');
  await project.write('.gitignore', '*.log\nout/\ngenerated.txt\n');
  await project.write('.wash/config.json', JSON.stringify({ ...config, dev }));
  return project;
}

test.for([
  ['a folder of values', { wasi_keyvalue_path: 'tmp/keyvalue' }],
  ['an SQLite file', { keyvalue: { default: { backend: 'sqlite', path: 'kv.db' } } }],
  [
    'a file that another bucket is in',
    { keyvalue: { counters: { backend: 'sqlite', path: './data/kv.db' } } },
  ],
] as const)('what the component writes into %s starts no build', async ([, dev]) => {
  await using project = await quietProject(dev);
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  for (let request = 0; request < 20; request += 1) await kvasi.text(`/key${request}`);
  await project.write('src/task.txt', 'misbehave');
  await until(kvasi, 299);
  expect(builds(kvasi)).toBe(2);
  expect(kvasi.stdout).toMatch(sourceChanged);
});

test('what is written into a volume or the recording starts no build', async () => {
  const volumes = [
    { host_path: './data', guest_path: '/data' },
    { host_path: 'link', guest_path: '/link' },
  ];
  await using project = await quietProject({ volumes });
  await project.write('data/a.txt', 'a');
  await project.write('elsewhere/b.txt', 'b');
  await symlink('elsewhere', join(project.folder, 'link'));
  await using kvasi = await KvasiDev.start(['--record', 'scenarios.yaml'], { cwd: project.folder });
  await kvasi.text('/a');
  for (const name of ['data/a.txt', 'data/deep/er.txt', 'elsewhere/b.txt'])
    await project.write(name, 'changed');
  await project.write('src/task.txt', 'misbehave');
  await until(kvasi, 299);
  expect(builds(kvasi)).toBe(2);
  expect(kvasi.stdout).toMatch(sourceChanged);
});

test('a volume that holds the sources is warned of', async () => {
  const volumes = [{ host_path: '.', guest_path: '/all' }];
  await using project = await quietProject({ volumes });
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await kvasi.until(/holds the sources, too/);
  await project.write('src/task.txt', 'misbehave');
  await until(kvasi, 299);
});
