import { execFile } from 'node:child_process';
import { appendFile, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { DevInShell } from '../support/dev-in-shell.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { StartedKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { rounds } from '../support/rounds.ts';

/**
 * A project whose build copies the component, and does besides what `build.sh` says. `stamp` in a script is other contents each time.
 */
async function projectOf(script = ''): Promise<Project> {
  const config = { build: { command: 'sh build.sh', component_path: 'out/app.wasm' } };
  return await Project.create({
    '.wash/config.json': JSON.stringify(config),
    'build.sh': `
stamp() { date +%s%N; }
cat src/lib.rs
grep -q broken src/lib.rs && exit 1
mkdir -p out
cp counter.wasm out/app.wasm
${script}
`,
    'src/lib.rs': 'fn main() {}\n',
    'counter.wasm': await readFile(component('kv-counter')),
  });
}

const countOf = (kvasi: KvasiDev): number => kvasi.stdout.match(/^building/gm)?.length ?? 0;
/** Waits until so many builds have begun. */
const untilBuilds = (kvasi: KvasiDev, count: number) =>
  vi.waitUntil(() => countOf(kvasi) === count, { timeout: 10_000 });
const warnings = (kvasi: KvasiDev): string[] => kvasi.stderr.match(/^warning: .*/gm) ?? [];

test.skipIf(process.platform === 'win32').concurrent.for([
  ['> kvasi.log 2>&1', 'kvasi.log'],
  ['> output.txt 2>&1', 'output.txt'],
  ['--json > src/events.jsonl', 'src/events.jsonl'],
  ['2>&1 | tee output.txt', 'output.txt'],
  ['2>&1 | tee -a output.txt | cat > copy.txt', 'copy.txt'],
  ["--json | sed -u 's/^/dev: /' > output.txt", 'output.txt'],
] as const)('what kvasi prints starts no build: kvasi dev %s', async ([after, log], { expect }) => {
  await using project = await projectOf();
  await using kvasi = new DevInShell(project, after, log);
  await expect.poll(() => kvasi.printed(), { timeout: 30_000 }).toMatch(/url +http|"event":"serving"/);
  const url = /http:\/\/localhost:\d+/.exec(await kvasi.printed())?.[0];
  for (let request = 0; request < 5; request += 1) {
    await (await fetch(`${url}/visits`)).text();
    await sleep(200);
  }
  expect(await kvasi.builds()).toBe(1);
  await project.write('src/lib.rs', 'broken\n');
  await expect.poll(() => kvasi.builds(), { timeout: 10_000 }).toBe(2);
  await sleep(2000);
  expect(await kvasi.builds()).toBe(2);
  expect(await kvasi.printed()).not.toContain('left alone');
  await project.write('src/lib.rs', 'fn main() { repaired() }\n');
  await expect.poll(() => kvasi.builds(), { timeout: 10_000 }).toBe(3);
  await sleep(1000);
  expect(await kvasi.builds()).toBe(3);
});

test.concurrent('a broken edit is built once, whatever the build writes the same each time', async ({
  expect,
}) => {
  await using project = await projectOf('echo same > src/generated.rs');
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await sleep(1000);
  const before = countOf(kvasi);
  expect(before).toBeLessThanOrEqual(2);
  await project.write('src/lib.rs', 'broken\n');
  await untilBuilds(kvasi, before + 1);
  await sleep(1000);
  expect(countOf(kvasi)).toBe(before + 1);
});

/** What a build may write that is other at each build: the file's name is in the warning. */
const loops = [
  ['a file with other contents each time', 'stamp > src/stamp.rs', 'src/stamp.rs'],
  [
    'a file with the time of another one',
    'stamp > src/stamp.rs; touch -r build.sh src/stamp.rs',
    'src/stamp.rs',
  ],
  ['a report that comes a moment after it', '(sleep 0.5; stamp > report.txt) &', 'report.txt'],
  ['a report that comes later', '(sleep 1.5; stamp > report.txt) &', 'report.txt'],
  ['a file with another name each time', 'mkdir -p gen; touch gen/$(stamp).rs', 'gen'],
  ['many files', 'mkdir -p gen; for i in 1 2 3 4 5; do stamp > gen/$i.rs; done', 'gen/1.rs and 4 more'],
] as const;

test.skipIf(process.platform === 'win32').concurrent.for(loops)(
  'a build that writes %s does not go on for ever, and that is said once',
  async ([, script, name], { expect }) => {
    await using project = await projectOf(script);
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    await kvasi.until(/warning: each build changes .*\.gitignore/);
    expect(warnings(kvasi)[0]).toContain(name);
    const before = countOf(kvasi);
    expect(before).toBeLessThanOrEqual(10);
    await sleep(2500);
    expect(countOf(kvasi)).toBe(before);
    for (const [index, text] of ['fn a() {}\n', 'broken\n', 'fn b() {}\n'].entries()) {
      await project.write('src/lib.rs', text);
      await expect.poll(() => countOf(kvasi), { timeout: 10_000 }).toBe(before + index + 1);
      await sleep(2500);
    }
    expect(countOf(kvasi)).toBe(before + 3);
    expect(warnings(kvasi)).toHaveLength(1);
  },
);

test.concurrent('a temporary file of a build that is gone after it starts none', async ({ expect }) => {
  await using project = await projectOf('stamp > src/tmp.$$; sleep 0.3; rm src/tmp.$$');
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await sleep(1500);
  expect(countOf(kvasi)).toBe(1);
});

test.concurrent('a folder that says of itself that it is a cache is not watched', async ({ expect }) => {
  await using project = await projectOf(
    'mkdir -p build-output; echo "Signature: 8a477f597d28d172789f06886806bc55" > build-output/CACHEDIR.TAG; sleep 0.3; stamp > build-output/x.o',
  );
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await sleep(1000);
  const before = countOf(kvasi);
  await project.write('build-output/deep/y.o', 'by somebody else');
  await sleep(1000);
  expect(countOf(kvasi)).toBe(before);
  expect(before).toBeLessThanOrEqual(2);
});

test.concurrent('files of editors, logs and caches of interpreters start no build', async ({ expect }) => {
  await using project = await projectOf();
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await sleep(1000);
  const before = countOf(kvasi);
  for (const name of [
    ...[
      '.lib.rs.swp',
      '.lib.rs.swo',
      '.lib.rs.swx',
      'lib.rs~',
      '4913',
      '#lib.rs#',
      '.#lib.rs',
      '.lib.rs.kate-swp',
    ],
    ...['lib.rs___jb_tmp___', 'lib.rs___jb_old___', '.goutputstream-A1B2C3', '.DS_Store', 'server.log'],
  ]) {
    await project.write(join('src', name), String(Math.random()));
    await sleep(100);
  }
  await project.write('src/__pycache__/lib.pyc', 'x');
  await sleep(1000);
  expect(countOf(kvasi)).toBe(before);
});

test.concurrent('saving as editors do, by another file that takes its place, is one build', async ({
  expect,
}) => {
  await using project = await projectOf();
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  await sleep(1000);
  const before = countOf(kvasi);
  await rename(join(project.folder, 'src/lib.rs'), join(project.folder, 'src/lib.rs~'));
  await project.write('src/lib.rs', 'fn saved() {}\n');
  await untilBuilds(kvasi, before + 1);
  await sleep(1000);
  expect(countOf(kvasi)).toBe(before + 1);
});

test.concurrent('what somebody saves again and again, also during builds, is always built in the end', async ({
  expect,
}) => {
  await using project = await projectOf('sleep 0.3');
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  for (const interval of [150, 400, 1200]) {
    for (let save = 0; save < rounds.saves; save += 1) {
      await appendFile(join(project.folder, 'src/lib.rs'), `// ${interval} ${save}\n`);
      await sleep(interval);
    }
    const last = new RegExp(`^// ${interval} ${rounds.saves - 1}$`, 'm');
    await expect.poll(() => last.test(kvasi.stdout), { timeout: 6000 }).toBe(true);
  }
  expect(warnings(kvasi)).toEqual([]);
});

test.concurrent('what kvasi test --update writes itself starts no other run', async ({ expect }) => {
  await using project = await Project.create({
    'scenarios.yaml': `component: ${component('kv-counter')}
scenarios:
  - name: counts
    steps:
      - request: GET /a
        expect: { body: "9\\n" }
`,
  });
  const running = new StartedKvasi(['test', '--watch', '--update'], { cwd: project.folder });
  const runs = (): number => running.finished.stderr.match(/waiting for a change/g)?.length ?? 0;
  try {
    await running.until(/waiting for a change/);
    expect(running.finished.stderr).toContain('wrote 1 expectation');
    await sleep(1500);
    expect(runs()).toBe(1);
    const text = await readFile(join(project.folder, 'scenarios.yaml'), 'utf8');
    await project.write('scenarios.yaml', text.replace('GET /a', 'GET /b'));
    await expect.poll(runs, { timeout: 10_000 }).toBe(2);
  } finally {
    running.kill('SIGKILL');
    await running.ended;
  }
});

test.skipIf(process.platform === 'win32')(
  'a source that becomes a named pipe holds no build up, nor the end',
  async () => {
    await using project = await projectOf();
    await project.write('src/data.txt', 'one\n');
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    await project.write('src/data.txt', 'two\n');
    await expect.poll(() => countOf(kvasi), { timeout: 10_000 }).toBe(2);
    await expect.poll(() => kvasi.stdout.match(/^built/gm)?.length).toBe(2);
    await promisify(execFile)('mkfifo', [join(project.folder, 'src/pipe')]);
    await rename(join(project.folder, 'src/pipe'), join(project.folder, 'src/data.txt'));
    await sleep(1000);
    await project.write('src/lib.rs', 'fn main() { after() }\n');
    await expect.poll(() => kvasi.stdout, { timeout: 10_000 }).toMatch(/building {2}src\/lib\.rs|and 1 more/);
  },
);
