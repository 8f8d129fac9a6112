import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blobGuests } from '../support/blob-guest-driver.ts';
import { KvasiDev, type RunOptions, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const component = blobGuests['wasi:blobstore'];
const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);

/** Runs a command of `kvasi blob` that has to succeed. */
async function blob(project: Project, args: readonly string[], options: RunOptions = {}) {
  const finished = await runKvasi(['blob', ...args], { cwd: project.folder, ...options });
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished;
}

for (const mode of ['with', 'without']) {
  test(`${mode} a running kvasi dev: blobs are put, got, listed, copied and deleted, whatever their bytes`, async () => {
    await using project = await Project.create({
      '.wash/config.yaml': 'dev:\n  wasi_blobstore_path: blobs\n',
      'value.bin': everyByte,
    });
    await using stack = new AsyncDisposableStack();
    if (mode === 'with') stack.use(await KvasiDev.start([component], { cwd: project.folder }));
    expect((await blob(project, ['list'])).stdout).toBe('');
    await blob(project, ['put', 'c', 'a', 'value.bin']);
    await blob(project, ['put', 'c', 'line\nbreak'], { stdin: everyByte });
    await blob(project, ['put', 'c', 'x/y'], { stdin: '' });
    const latin1 = Buffer.from(everyByte).toString('latin1');
    expect((await blob(project, ['get', 'c', 'a'])).bytes).toBe(latin1);
    expect((await blob(project, ['get', 'c', 'line\nbreak', '-'])).bytes).toBe(latin1);
    expect((await blob(project, ['get', 'c', 'x/y'])).bytes).toBe('');
    await blob(project, ['get', 'c', 'a', 'got.bin']);
    expect(await readFile(join(project.folder, 'got.bin'))).toEqual(Buffer.from(everyByte));
    expect(await readFile(join(project.folder, 'blobs/c/a'))).toEqual(Buffer.from(everyByte));
    expect((await blob(project, ['list'])).stdout).toBe('c\n');
    expect((await blob(project, ['list', '--json'])).stdout).toBe('{"container":"c"}\n');
    const listed = (await blob(project, ['list', 'c', '--json'])).stdout.split('\n').sort();
    expect(listed).toEqual(['', '{"object":"a"}', '{"object":"line\\nbreak"}', '{"object":"x/y"}']);
    expect((await blob(project, ['list', 'c', '--prefix', 'x'])).stdout).toBe('x/y\n');
    const copied = await blob(project, ['copy', 'c', '--to', 'sqlite:copy.db', '--json']);
    expect(JSON.parse(copied.stdout)).toEqual({ copied: 3, bytes: 512 });
    expect((await blob(project, ['get', 'c', 'a', '--blobs', 'sqlite:copy.db'])).bytes).toBe(latin1);
    await blob(project, ['copy', 'c', '--as', 'd', '--prefix', 'a']);
    expect((await blob(project, ['list', 'd'])).stdout).toBe('a\n');
    await blob(project, ['delete', 'c', 'a', 'x/y', 'never there']);
    expect((await blob(project, ['list', 'c', '--json'])).stdout).toBe('{"object":"line\\nbreak"}\n');
    await blob(project, ['delete', 'c', '--all']);
    expect((await blob(project, ['list'])).stdout).toBe('d\n');
  });
}

test('what is not there, and what is used wrongly, is told with an exit code', async () => {
  await using project = await Project.create({ '.wash/config.yaml': 'dev:\n  wasi_blobstore_path: blobs\n' });
  await blob(project, ['put', 'c', 'a'], { stdin: 'x' });
  const failed = (args: readonly string[]) => runKvasi(['blob', ...args], { cwd: project.folder });
  expect(await failed(['get', 'c', 'b', 'file'])).toMatchObject({
    code: 1,
    stderr: "kvasi: there is no object 'b' in container 'c'\n",
  });
  await expect(readFile(join(project.folder, 'file'))).rejects.toThrow(/ENOENT/);
  expect(await failed(['list', 'none'])).toMatchObject({
    code: 1,
    stderr: "kvasi: there is no container 'none'\n",
  });
  expect(await failed(['delete', 'c'])).toMatchObject({ code: 2 });
  expect(await failed(['delete', 'c', 'a', '--all'])).toMatchObject({ code: 2 });
  expect(await failed(['copy', 'c'])).toMatchObject({ code: 2 });
  expect(await failed(['copy', 'c', '--to', 'nowhere'])).toMatchObject({ code: 2 });
  expect(await failed(['put', 'c', 'a', 'no-such-file'])).toMatchObject({ code: 2 });
  expect((await blob(project, ['get', 'c', 'a'])).stdout).toBe('x');
});

test('what is in memory is that of the running kvasi dev, and an error without one', async () => {
  await using project = await Project.create();
  {
    await using dev = await KvasiDev.start([component], { cwd: project.folder });
    await blob(project, ['put', 'c', 'k'], { stdin: 'of the command' });
    const answer = await fetch(new URL('/get-data?container=c&object=k', dev.url));
    expect(await answer.text()).toBe('of the command');
    await fetch(new URL('/write-data?container=c&object=l', dev.url), { method: 'POST', body: 'of it' });
    expect((await blob(project, ['get', 'c', 'l'])).stdout).toBe('of it');
  }
  const alone = await runKvasi(['blob', 'list'], { cwd: project.folder });
  expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('in the memory of kvasi dev') });
});

test('a large blob goes through a running host and comes back as it was', async () => {
  await using project = await Project.create({
    '.wash/config.yaml': 'dev:\n  blobstore: { backend: sqlite }\n',
  });
  const large = Buffer.alloc(24 * 1024 * 1024 + 7);
  for (let at = 0; at + 4 < large.length; at += 4)
    large.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  await writeFile(join(project.folder, 'large'), large);
  await using dev = await KvasiDev.start([component], { cwd: project.folder });
  await blob(project, ['put', 'c', 'large', 'large']);
  await blob(project, ['get', 'c', 'large', 'back']);
  expect(large.equals(await readFile(join(project.folder, 'back')))).toBe(true);
  const answer = await fetch(new URL('/get-data?container=c&object=large', dev.url));
  expect(large.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
});

test('a store is filled from a folder once, while it is empty', async () => {
  await using project = await Project.create({
    '.wash/config.yaml': 'dev:\n  blobstore: { backend: sqlite, seed: seed }\n',
    'seed/images/icons/a.png': everyByte,
    'seed/texts/b': 'text',
  });
  const start = () => KvasiDev.start([component], { cwd: project.folder });
  {
    await using _ = await start();
    expect((await blob(project, ['list'])).stdout).toBe('images\ntexts\n');
    expect((await blob(project, ['get', 'texts', 'b'])).stdout).toBe('text');
    await blob(project, ['put', 'texts', 'b'], { stdin: 'changed' });
  }
  await using _ = await start();
  expect((await blob(project, ['get', 'texts', 'b'])).stdout).toBe('changed');
});

test('a key of blobs that is wrong is told with its place', async () => {
  await using project = await Project.create({
    '.wash/config.yaml': 'dev:\n  blobstore: { backend: sqlit }\n',
  });
  const finished = await runKvasi(['config'], { cwd: project.folder });
  expect(finished.code).toBe(1);
  expect(finished.stderr).toMatch(/dev\.blobstore\.backend is "sqlit"\. Expected .*did you mean sqlite/);
});
