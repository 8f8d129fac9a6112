import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, runKvasi } from '../support/kvasi-in-process.ts';
import { runKvasi as runProcess, StartedKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { isInstalled, redisServer } from '../support/server.ts';
import { assertWellFormed } from '../support/xml.ts';

const counter = `component: ${component('kv-counter')}\n`;

/** One scenario that passes, and one that is wrong about the second count. */
const mixed = `${counter}scenarios:
  - name: right
    steps: [{ request: GET /a, expect: { body: "1\\n" } }]
  - name: 'wrong & "odd" #1'
    steps:
      - request: GET /a
      - request: GET /a
        expect: { status: 200, body: "3\\n" } # three
`;

test('each scenario runs on each backend; what differs is shown in full, with its place', async () => {
  await using project = await Project.create({ 'scenarios.yaml': mixed });
  const args = ['test', '--against', 'in_memory,sqlite', '--against', 'filesystem'];
  const { code, stdout, stderr } = await runKvasi(args, { cwd: project.folder });
  expect(stdout).toBe(`scenarios.yaml      in_memory  sqlite   filesystem
  right             passed     passed   passed
  wrong & "odd" #1  FAILED     FAILED   FAILED

FAILED scenarios.yaml on in_memory, sqlite, filesystem > wrong & "odd" #1
  scenarios.yaml:9:38: step 2, GET /a: body
  expected: "3\\n"
  actual:   "2\\n"

3 passed, 3 failed
`);
  expect(stderr).toContain('scenarios.yaml on filesystem');
  expect(code).toBe(1);
});

test('a step that fails shows the reason, the backtrace and what the component printed', async () => {
  await using project = await Project.create({
    'scenarios.yaml': `component: ${component('misbehave')}
scenarios:
  - name: a trap
    steps: [{ request: GET /trap }]
  - name: a late one
    steps: [{ request: GET /trap-late, expect: { body: "all of it" } }]
`,
  });
  const { code, stdout } = await runKvasi(['test', '--against', 'in_memory,sqlite'], { cwd: project.folder });
  const trapped = 'the component trapped: unreachable';
  expect(stdout).toContain(`  GET /trap: ${trapped}\n      at `);
  expect(stdout).toMatch(/\n {6}at .*misbehave::faults::trap .*@ 0x/);
  expect(stdout).toContain('\n      misbehave panics because it was asked to\n');
  expect(stdout).toContain(
    `step 1, GET /trap-late: the answer broke off: ${trapped}\n  GET /trap-late: ${trapped}\n`,
  );
  expect(stdout.match(/FAILED scenarios\.yaml on in_memory, sqlite/g), 'told once for both').toHaveLength(2);
  expect(code).toBe(1);
});

test('with --name only some run', async () => {
  await using project = await Project.create({ 'scenarios.yaml': mixed });
  const run = (name: string) => runKvasi(['test', '--name', name], { cwd: project.folder });
  const { code, stdout } = await run('righ');
  expect(stdout).toMatch(/\n1 passed, 0 failed\n$/);
  expect(code).toBe(0);
  const none = await run('neither');
  expect(none.stderr).toBe('kvasi: no scenario has "neither" in its name.\n');
  expect(none.code).toBe(2);
});

test.for([
  [
    ['--against', 'in_memory,redsi'],
    /^kvasi: --against names "redsi"\. Expected in_memory, .* or postgres, /,
    2,
  ],
  [['--reporter', 'xml'], /Allowed choices are table, junit, json, tap/, 2],
  [['none.yaml'], /^kvasi: none\.yaml does not exist\. Name a file of scenarios\.\n$/, 2],
  [['empty.yaml'], /^kvasi: there is no scenario in empty\.yaml\. Write one under scenarios\.\n$/, 1],
  [['--name', 'nothing'], /^kvasi: no scenario has "nothing" in its name\.\n$/, 2],
  [['broken.yaml'], /^kvasi: broken\.yaml:1:13: scenarios\[0\] has no component\./, 1],
] as const)('%j is one message', async ([args, message, expected]) => {
  await using project = await Project.create({
    'scenarios.yaml': mixed,
    'empty.yaml': 'scenarios: []\n',
    'broken.yaml': 'scenarios: [{ name: a, steps: [{ request: / }] }]\n'.replace(
      'scenarios: [',
      'scenarios: [',
    ),
  });
  const { code, stderr } = await runKvasi(['test', ...args], { cwd: project.folder });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(code).toBe(expected);
});

test('a component that is not there fails its scenarios, and the others go on', async () => {
  const other = `component: none.wasm\nscenarios: [{ name: a, steps: [{ request: / }] }]\n`;
  await using project = await Project.create({ 'a.yaml': other, 'b.yaml': mixed });
  const { code, stdout } = await runKvasi(['test', 'a.yaml', 'b.yaml'], { cwd: project.folder });
  expect(stdout).toMatch(/a\.yaml:2:13: .*none\.wasm/);
  expect(stdout).toMatch(/\n1 passed, 2 failed\n$/);
  expect(code).toBe(1);
});

test('the reporter junit writes XML and nothing else', async () => {
  await using project = await Project.create({ 'scenarios.yaml': mixed });
  const { code, stdout } = await runKvasi(['test', '--reporter', 'junit'], { cwd: project.folder });
  assertWellFormed(stdout);
  expect(stdout).toContain('<testsuites name="kvasi test" tests="2" failures="1" skipped="0"');
  expect(stdout).toMatch(/<testcase classname="kvasi test\.scenarios\.yaml on in_memory" name="right" /);
  expect(stdout).toMatch(
    /name="wrong &amp; &quot;odd&quot; #1"[^>]*>\n +<failure message="scenarios\.yaml:9:38: /,
  );
  expect(code).toBe(1);
});

test('the reporter tap writes TAP', async () => {
  const skipped = mixed.replace('steps: [', 'skip: { in_memory: not for it }\n    steps: [');
  await using project = await Project.create({ 'scenarios.yaml': skipped });
  const { stdout } = await runKvasi(['test', '--reporter', 'tap'], { cwd: project.folder });
  expect(stdout.replace(/duration_ms: [\d.]+/, 'duration_ms: 1')).toBe(`TAP version 14
1..2
ok 1 - scenarios.yaml on in_memory > right # SKIP not for it
not ok 2 - scenarios.yaml on in_memory > wrong & "odd" \\#1
  ---
  duration_ms: 1
  message: |-
    scenarios.yaml:10:38: step 2, GET /a: body
    expected: "3\\n"
    actual:   "2\\n"
  ...
`);
});

test('the reporter json writes one object', async () => {
  await using project = await Project.create({ 'scenarios.yaml': mixed });
  const { stdout } = await runKvasi(['test', '--reporter', 'json'], { cwd: project.folder });
  expect(JSON.parse(stdout)).toEqual({
    results: [
      {
        file: 'scenarios.yaml',
        name: 'right',
        backend: 'in_memory',
        outcome: 'passed',
        milliseconds: expect.any(Number),
      },
      expect.objectContaining({ outcome: 'failed', reason: expect.stringContaining('actual:   "2\\n"') }),
    ],
  });
});

test('an answer that never ends is given up', async () => {
  const endless = `component: ${component('misbehave')}
requestTimeout: 200ms
scenarios: [{ name: drips, steps: [{ request: /drip?count=1000000&ms=50, expect: 200 }] }]
`;
  await using project = await Project.create({ 'scenarios.yaml': endless });
  const { code, stdout } = await runKvasi(['test'], { cwd: project.folder });
  expect(stdout).toContain('the answer broke off: it did not end within 5.2 s\n');
  expect(code).toBe(1);
});

test('what runs nowhere has not passed', async () => {
  const skipped = `${counter}scenarios: [{ name: a, skip: { in_memory: why }, steps: [{ request: / }] }]\n`;
  await using project = await Project.create({ 'scenarios.yaml': skipped });
  const { code, stdout } = await runKvasi(['test'], { cwd: project.folder });
  expect(stdout).toMatch(/a +skipped\n\n1 skipped: why\n\n0 passed, 0 failed\n$/);
  expect(code).toBe(1);
});

test('--update writes what the component does, and keeps comments', async () => {
  const file = `${mixed}    after: { counters: { b: x } }\n`;
  await using project = await Project.create({ 'scenarios.yaml': file });
  const { code, stderr } = await runKvasi(['test', '--update'], { cwd: project.folder });
  expect(stderr).toContain('wrote 4 expectations to scenarios.yaml, from in_memory\n');
  expect(code).toBe(0);
  expect(await readFile(join(project.folder, 'scenarios.yaml'), 'utf8')).toBe(`${counter}scenarios:
  - name: right
    steps: [{ request: GET /a, expect: { body: "1\\n" } }]
  - name: 'wrong & "odd" #1'
    steps:
      - request: GET /a
        expect:
          status: 200
          body: |
            1
      - request: GET /a
        expect: { status: 200, body: "2\\n" } # three
    after: { counters: { a: "2" } }
`);
  const again = await runKvasi(['test', '--update'], { cwd: project.folder });
  expect(again.stderr).not.toContain('wrote');
  expect(again.code).toBe(0);
});

test('--watch runs again when a file or the component changes, and goes on when one is broken', async () => {
  const local = mixed.replace(counter, 'component: app.wasm\n');
  await using project = await Project.create({ 'scenarios.yaml': local });
  const path = join(project.folder, 'scenarios.yaml');
  const app = join(project.folder, 'app.wasm');
  await copyFile(component('kv-counter'), app);
  const watching = new StartedKvasi(['test', '--watch'], { cwd: project.folder });
  try {
    await watching.until(/1 passed, 1 failed/);
    await watching.until(/waiting for a change/);
    await writeFile(path, 'scenarios: 1\n');
    await watching.until(/scenarios is 1, a number/);
    await writeFile(path, local.replace('3\\n', '2\\n'));
    await watching.until(/2 passed, 0 failed/);
    await writeFile(app, 'no component');
    await watching.until(/0 passed, 2 failed/);
    // As a build tool does it: what is half written would be a run more, which the signal ends.
    await copyFile(component('kv-counter'), `${app}.new`);
    await rename(`${app}.new`, app);
    await watching.until(/0 passed, 2 failed[\s\S]*2 passed, 0 failed/);
    await expect.poll(() => watching.finished.stderr).toMatch(/waiting for a change; [^\n]*\n$/);
  } finally {
    watching.kill('SIGINT');
  }
  expect(await watching.ended).toBe(0);
});

test.runIf(await isInstalled(redisServer))(
  'Ctrl-C ends it in good order; nothing is left behind',
  async () => {
    const steps = Array.from({ length: 500 }, (_, index) => `      - request: GET /${index}\n`).join('');
    const many = Array.from({ length: 30 }, (_, index) => `  - name: s${index}\n    steps:\n${steps}`).join(
      '',
    );
    await using project = await Project.create({ 'scenarios.yaml': `${counter}scenarios:\n${many}` });
    const running = new StartedKvasi(['test', '--against', 'redis'], {
      cwd: project.folder,
      env: { TMPDIR: project.folder },
    });
    const servers = async () => (await readdir(project.folder)).filter((name) => name.startsWith('kvasi-'));
    try {
      await running.until(/on redis/);
      await expect.poll(servers).toHaveLength(1);
    } finally {
      running.kill('SIGINT');
    }
    expect(await running.ended).toBe(1);
    expect(running.finished.stderr).toContain('kvasi: stopped before the end\n');
    expect(running.finished.stdout).toMatch(/\d passed, 0 failed\n$/);
    await expect.poll(servers).toEqual([]);
  },
);

test.for(['', 'true'])('a server that is not installed is an error, with CI=%j', async (CI) => {
  await using project = await Project.create({ 'scenarios.yaml': mixed });
  const args = ['test', '--name', 'right', '--against', 'in_memory,redis'];
  const { code, stdout, stderr } = await runProcess(args, {
    cwd: project.folder,
    env: { PATH: project.folder, CI },
  });
  expect(stderr).toMatch(
    /^kvasi: redis can't be tested: redis-server is not found on PATH \(apt install redis-server.*\)\. Install it, or name its program with --redis-server\.\n$/,
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});
