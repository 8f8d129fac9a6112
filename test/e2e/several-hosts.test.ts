import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { component, KvasiDev, runKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const startIn = async (project: Project): Promise<KvasiDev> => {
  const kvasi = await KvasiDev.start([component('http-kv-handler')], { cwd: project.folder });
  await kvasi.until(/inspector +http/);
  return kvasi;
};
const addressOf = ({ url }: KvasiDev): string => new URL(url).host;
const kv = (project: Project, ...args: string[]) => runKvasi(['kv', ...args], { cwd: project.folder });
const notesOf = async (project: Project): Promise<string[]> =>
  (await readdir(join(project.folder, '.kvasi')).catch(() => [])).sort();

test('of two kvasi dev in a folder kvasi kv takes the first, names both, and reaches either', async () => {
  await using project = await Project.create();
  await using first = await startIn(project);
  await kv(project, 'set', 'in_memory', 'k', 'of the first');
  expect(first.stderr).toBe('');
  await using second = await startIn(project);
  await second.until(
    new RegExp(
      `warning: another kvasi dev runs in this folder: ${first.url} \\(http-kv-handler\\.wasm, pid ${first.pid}\\)\\. kvasi kv talks to that one, kvasi kv --address ${addressOf(second)} to this one\n`,
    ),
  );
  const { code, stdout, stderr } = await kv(project, 'get', 'in_memory', 'k');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'of the first' });
  expect(stderr).toBe(
    `kvasi: several kvasi dev run here: ${first.url} (http-kv-handler.wasm, pid ${first.pid}), ${second.url} (http-kv-handler.wasm, pid ${second.pid}). Taken is the first of them, which began first; --address ${addressOf(second)} takes another one.\n`,
  );
  const chosen = await kv(project, 'set', 'in_memory', 'k', 'of the second', '--address', addressOf(second));
  expect(chosen).toMatchObject({ code: 0, stderr: '' });
  expect(await second.text('/?key=k')).toBe('[in_memory] of the second\n');
  expect(await first.text('/?key=k')).toBe('[in_memory] of the first\n');
  const { port } = new URL(second.url);
  expect(await kv(project, 'get', 'in_memory', 'k', '--address', `127.0.0.1:${port}`)).toMatchObject({
    stdout: 'of the second',
  });
  // As the warning has it: the flag before the sub-command.
  const before = await kv(project, '--address', addressOf(second), 'get', 'in_memory', 'k');
  expect(before).toMatchObject({ code: 0, stdout: 'of the second', stderr: '' });
  const nobody = await kv(project, 'get', 'in_memory', 'k', '--address', 'localhost:1');
  expect(nobody).toMatchObject({ code: 1, stdout: '' });
  expect(nobody.stderr).toMatch(
    /^kvasi: no kvasi dev of this project serves localhost:1 \(or it runs with --no-inspector\)\. There is http:.*, http:.*\n$/,
  );
  const both = await kv(
    project,
    'get',
    'in_memory',
    'k',
    '--address',
    'localhost:1',
    '--backend',
    'sqlite:a',
  );
  expect(both).toMatchObject({ code: 2, stdout: '' });
});

test('a kvasi dev without an inspector is not found by its address, and the error says why that may be', async () => {
  await using project = await Project.create();
  await using kvasi = await KvasiDev.start([component('http-kv-handler'), '--no-inspector'], {
    cwd: project.folder,
  });
  expect(await kv(project, '--address', addressOf(kvasi), 'get', 'in_memory', 'k')).toMatchObject({
    code: 1,
    stderr: `kvasi: no kvasi dev of this project serves ${addressOf(kvasi)} (or it runs with --no-inspector). None was found in ${project.folder}.\n`,
  });
});

for (const [leaves, stays] of [
  [0, 1],
  [1, 0],
] as const) {
  test(`when ${leaves === 0 ? 'the first' : 'the second'} of two ends, the other is found`, async () => {
    await using project = await Project.create();
    await using first = await startIn(project);
    await using second = await startIn(project);
    const hosts = [first, second] as const;
    hosts[leaves].signal('SIGINT');
    await hosts[leaves].ended;
    expect(await kv(project, 'set', 'in_memory', 'k', 'v')).toMatchObject({ code: 0, stderr: '' });
    expect(await hosts[stays].text('/?key=k')).toBe('[in_memory] v\n');
    hosts[stays].signal('SIGINT');
    await hosts[stays].ended;
    expect(await notesOf(project)).toEqual([]);
  });
}

test('killed hosts are not taken for running ones, and the next host removes what they have left', async () => {
  await using project = await Project.create();
  {
    await using first = await startIn(project);
    await using second = await startIn(project);
    for (const host of [first, second]) {
      host.signal('SIGKILL');
      await host.ended;
    }
  }
  expect(await kv(project, 'list', 'in_memory')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('none runs in'),
  });
  // Another process, which is no kvasi, has got the pid of the first.
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    // The second may have found the first gone and taken its note away.
    const [name = ''] = await notesOf(project);
    const note = JSON.parse(await readFile(join(project.folder, '.kvasi', name), 'utf8')) as object;
    await project.write(`.kvasi/${name}`, JSON.stringify({ ...note, pid: other.pid }));
    await using third = await startIn(project);
    expect(await kv(project, 'set', 'in_memory', 'k', 'v')).toMatchObject({ code: 0, stderr: '' });
    expect(await third.text('/?key=k')).toBe('[in_memory] v\n');
    await expect.poll(() => notesOf(project), { timeout: 5000 }).toHaveLength(1);
    expect(third.stderr).toBe('');
    third.signal('SIGINT');
    await third.ended;
    expect(await notesOf(project)).toEqual([]);
  } finally {
    other.kill('SIGKILL');
    await once(other, 'close');
  }
});

test('two that begin at once both leave word', async () => {
  await using project = await Project.create();
  await using stack = new AsyncDisposableStack();
  const hosts = await Promise.all([startIn(project), startIn(project), startIn(project)]);
  for (const host of hosts) stack.use(host);
  expect(await notesOf(project)).toHaveLength(3);
  for (const [index, host] of hosts.entries()) {
    const text = `v${index}`;
    const set = await kv(project, 'set', 'in_memory', 'k', text, '--address', addressOf(host));
    expect(set).toMatchObject({ code: 0 });
    expect(await host.text('/?key=k')).toBe(`[in_memory] ${text}\n`);
  }
});

test.skipIf(process.platform === 'win32')(
  'notes that are none are passed over, whatever they say',
  async () => {
    await using project = await Project.create();
    await using kvasi = await startIn(project);
    const [note = ''] = await notesOf(project);
    const right = JSON.parse(await readFile(join(project.folder, '.kvasi', note), 'utf8')) as object;
    // Takes the connection and says nothing.
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const lies = [
      { ...right, serves: 'nonsense', url: `http://127.0.0.1:${port}`, began: 0 },
      { ...right, url: 'http://example.com:80', began: 0 },
      { ...right, url: 'http://127.0.0.1:1@example.com', began: 0 },
      { ...right, url: undefined },
      { ...right, component: 'x'.repeat(1_000_000), began: 0 },
      [right],
    ];
    for (const [index, lie] of lies.entries())
      await project.write(`.kvasi/dev-${index + 10}.json`, JSON.stringify(lie));
    await project.write('.kvasi/dev-20.json', '{'.repeat(50_000));
    await promisify(execFile)('mkfifo', [join(project.folder, '.kvasi/dev-21.json')]);
    expect(await kv(project, 'set', 'in_memory', 'k', 'v')).toMatchObject({ code: 0, stderr: '' });
    expect(await kv(project, 'get', 'in_memory', 'k', '--address', addressOf(kvasi))).toMatchObject({
      stdout: 'v',
      stderr: '',
    });
    expect(await kvasi.text('/?key=k')).toBe('[in_memory] v\n');
    silent.close();
  },
);
