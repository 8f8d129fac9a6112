import { chmod, lstat, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { replaceText } from '../../host/cli/replace-text.ts';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { StartedKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

/** Scenarios whose answers are taken; each has a long text that a write in place would not put down at once. */
function scenarios(count: number): string {
  const steps = Array.from({ length: count }, (_, index) => `      - request: GET /${index}\n`).join('');
  return `component: ${component('kv-counter')}\n# ${'x'.repeat(2_000_000)}\nscenarios:\n  - name: a\n    steps:\n${steps}`;
}

test('whoever looks while --update writes sees the old file or the new one, and never a part', async () => {
  const before = scenarios(3);
  await using project = await Project.create({ 'scenarios.yaml': before });
  const path = join(project.folder, 'scenarios.yaml');
  const running = new StartedKvasi(['test', '--update'], { cwd: project.folder });
  const seen = new Set<string>();
  const isOver = running.ended.then(() => true);
  while (!(await Promise.race([isOver, sleep(0, false)]))) seen.add(await readFile(path, 'utf8'));
  expect(await running.ended).toBe(0);
  const after = await readFile(path, 'utf8');
  expect(after).toMatch(/body: \|\n +1\n/);
  expect([...seen].filter((text) => text !== before && text !== after)).toEqual([]);
  expect(await readdir(project.folder)).toEqual(['scenarios.yaml']);
});

test('--update keeps rights, links and the file that a link leads to', async () => {
  await using project = await Project.create({ 'real/file.yaml': scenarios(1) });
  const path = join(project.folder, 'scenarios.yaml');
  const real = join(project.folder, 'real/file.yaml');
  await symlink('real/file.yaml', path);
  await chmod(real, 0o640);
  const { code, stderr } = await runKvasi(['test', '--update'], { cwd: project.folder });
  expect(stderr).toContain('wrote 1 expectation to scenarios.yaml');
  expect(code).toBe(0);
  expect((await lstat(path)).isSymbolicLink()).toBe(true);
  expect((await stat(real)).mode & 0o777).toBe(0o640);
  expect(await readFile(real, 'utf8')).toContain('status: 200');
});

/** Begins to update two files, and answers when the first is written and the second, in which a request hangs, is under way. */
async function updating(project: Project, hanging: string): Promise<StartedKvasi> {
  await project.write('first.yaml', scenarios(1));
  await project.write('second.yaml', hanging);
  const running = new StartedKvasi(['test', '--update', 'first.yaml', 'second.yaml'], {
    cwd: project.folder,
  });
  await running.until(/wrote 1 expectation to first\.yaml/);
  return running;
}

const hanging = `component: ${component('misbehave')}
requestTimeout: 4s
scenarios: [{ name: a, steps: [{ request: GET /status/201, expect: 200 }, { request: GET /sleep }] }]
`;

test('--update leaves a file alone that somebody has changed in the meantime', async () => {
  await using project = await Project.create();
  const running = await updating(project, hanging);
  const edited = `# mine\n${hanging}`;
  await project.write('second.yaml', edited);
  expect(await running.ended).toBe(1);
  expect(running.finished.stderr).toContain(
    'kvasi: second.yaml was changed by somebody else in the meantime, so it is left as it is.',
  );
  expect(await readFile(join(project.folder, 'second.yaml'), 'utf8')).toBe(edited);
});

test('Ctrl-C during --update writes nothing more', async () => {
  await using project = await Project.create();
  const running = await updating(project, hanging);
  running.kill('SIGINT');
  // 130 where a busy machine does not come to its end in time.
  expect([1, 130]).toContain(await running.ended);
  expect(running.finished.stderr).not.toContain('second.yaml, from');
  expect(await readFile(join(project.folder, 'second.yaml'), 'utf8')).toBe(hanging);
  expect((await readdir(project.folder)).sort()).toEqual(['first.yaml', 'second.yaml']);
});

test('a file that can not be replaced stays, and that is one message', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'none', 'a.yaml');
  await expect(replaceText(path, 'a.yaml', 'x', undefined)).rejects.toThrow(
    "a.yaml can't be written: there is no such folder.",
  );
});

test('a file that was to be new is not replaced, and one that is gone is not made', async () => {
  await using project = await Project.create({ 'a.yaml': 'theirs' });
  const path = join(project.folder, 'a.yaml');
  const theirs = 'a.yaml was changed by somebody else in the meantime';
  await expect(replaceText(path, 'a.yaml', 'mine', undefined)).rejects.toThrow(theirs);
  expect(await readFile(path, 'utf8')).toBe('theirs');
  await rename(path, join(project.folder, 'b.yaml'));
  await expect(replaceText(path, 'a.yaml', 'mine', 'theirs')).rejects.toThrow(theirs);
  expect(await readdir(project.folder)).toEqual(['b.yaml']);
});

test('the same file named twice is run and written once', async () => {
  await using project = await Project.create({ 'scenarios.yaml': scenarios(1) });
  const args = ['test', '--update', 'scenarios.yaml', './scenarios.yaml'];
  const { code, stdout, stderr } = await runKvasi(args, { cwd: project.folder });
  expect(stdout, stderr).toMatch(/\n1 passed, 0 failed\n$/);
  expect(code).toBe(0);
});

test('a recording that somebody changes meanwhile is left alone, and that is said once', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'scenarios.yaml');
  await using kvasi = await KvasiDev.start([component('kv-counter'), '--record', 'scenarios.yaml'], {
    cwd: project.folder,
  });
  await kvasi.text('/a');
  await expect.poll(() => readFile(path, 'utf8').catch(() => '')).toContain('GET /a');
  await writeFile(path, 'mine\n');
  await kvasi.text('/b');
  await kvasi.text('/c');
  await kvasi.stop();
  expect(kvasi.stderr.match(/scenarios\.yaml was changed by somebody else in the meantime/g)).toHaveLength(1);
  expect(kvasi.stderr).not.toContain('recorded');
  expect(await readFile(path, 'utf8')).toBe('mine\n');
  expect(await readdir(project.folder)).not.toContainEqual(expect.stringMatching(/^\.kvasi-/));
});

test('a recording is whole whenever one looks', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'scenarios.yaml');
  await using kvasi = await KvasiDev.start([component('kv-counter'), '--record', 'scenarios.yaml'], {
    cwd: project.folder,
  });
  let isOver = false;
  const looking = (async () => {
    const parts: string[] = [];
    while (!isOver) {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text !== undefined && !/after:[\s\S]*\n$/.test(text)) parts.push(text);
      await sleep(0);
    }
    return parts;
  })();
  for (let index = 0; index < 100; index += 1) await kvasi.text(`/${index}?${'x'.repeat(2000)}`);
  await kvasi.stop();
  isOver = true;
  expect(await looking).toEqual([]);
  expect(kvasi.stderr).toContain('recorded 100 requests in scenarios.yaml');
});
