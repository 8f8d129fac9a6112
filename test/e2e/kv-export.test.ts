import { chmod, link, lstat, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { run } from '../../host/cli/run.ts';
import { type Finished, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const kept = '{"key":"kept","value":"v"}\n';
const entries = Array.from({ length: 3000 }, (_, index) => `{"key":"k${index}","value":"v"}\n`).join('');

/** A project with 3000 keys in `kv.db` and a backup of before. */
async function projectWithBackup(): Promise<Project> {
  const project = await Project.create({ 'in.jsonl': entries, 'backup.jsonl': kept });
  expect(await kv(project, 'import b in.jsonl')).toMatchObject({ code: 0 });
  return project;
}

function kv(project: Project, line: string, backend = 'sqlite:kv.db'): Promise<Finished> {
  return runKvasi(['kv', ...line.split(' '), '--backend', backend], { cwd: project.folder });
}

test('an export whose store is away leaves the backup of before as it was', async () => {
  await using project = await projectWithBackup();
  expect(await kv(project, 'export b backup.jsonl', 'redis://127.0.0.1:1')).toMatchObject({ code: 1 });
  expect(await readFile(join(project.folder, 'backup.jsonl'), 'utf8')).toBe(kept);
  expect((await readdir(project.folder)).toSorted()).toEqual(['backup.jsonl', 'in.jsonl', 'kv.db']);
});

test('an export that is stopped leaves the backup of before as it was, and says so', async () => {
  await using project = await projectWithBackup();
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await run(['kv', 'export', 'b', 'backup.jsonl', '--backend', 'sqlite:kv.db'], {
    cwd: project.folder,
    env: {},
    stdin,
    stdout,
    stderr,
    signal: AbortSignal.abort(),
  });
  stderr.end();
  expect(await text(stderr)).toMatch(
    /^kvasi: stopped after \d+ keys; nothing was written to backup\.jsonl\.\n$/,
  );
  expect(code).toBe(1);
  expect(await readFile(join(project.folder, 'backup.jsonl'), 'utf8')).toBe(kept);
  expect((await readdir(project.folder)).toSorted()).toEqual(['backup.jsonl', 'in.jsonl', 'kv.db']);
});

test.skipIf(process.platform === 'win32')(
  'a file that is replaced keeps its rights, and a link stays one',
  async () => {
    await using project = await projectWithBackup();
    const backup = join(project.folder, 'backup.jsonl');
    await chmod(backup, 0o640);
    await symlink('backup.jsonl', join(project.folder, 'link'));
    await symlink('later.jsonl', join(project.folder, 'dangling'));
    for (const name of ['link', 'dangling']) {
      expect(await kv(project, `export b ${name}`)).toMatchObject({ code: 0 });
      expect((await lstat(join(project.folder, name))).isSymbolicLink()).toBe(true);
      expect((await readFile(join(project.folder, name), 'utf8')).split('\n')).toHaveLength(3001);
    }
    expect((await stat(backup)).mode & 0o777).toBe(0o640);
  },
);

test.skipIf(process.platform === 'win32').for([
  ['the database', 'kv.db', 'sqlite:kv.db'],
  ['a link to it', 'link.db', 'sqlite:kv.db'],
  ['another name of it', 'hard.db', 'sqlite:kv.db'],
  ['the log beside it', 'kv.db-wal', 'sqlite:kv.db'],
  ['the database of another project', 'kv.db', 'sqlite:other.db'],
  ['a file of a bucket', 'files/b/k', 'filesystem:files'],
] as const)('%s is not overwritten by an export', async ([, file, backend]) => {
  await using project = await projectWithBackup();
  await symlink('kv.db', join(project.folder, 'link.db'));
  await link(join(project.folder, 'kv.db'), join(project.folder, 'hard.db'));
  expect(await kv(project, 'set b k v', 'filesystem:files')).toMatchObject({ code: 0 });
  const { code, stderr } = await kv(project, `export b ${file}`, backend);
  expect(stderr).toMatch(/^kvasi: \S+ belongs to [^\n]*, which would be lost\. Name another file\.\n$/);
  expect(code).toBe(2);
  expect((await kv(project, 'list b')).stdout.split('\n')).toHaveLength(3001);
  expect((await kv(project, 'get b k', 'filesystem:files')).stdout).toBe('v');
});

test('- is standard output', async () => {
  await using project = await projectWithBackup();
  const { code, stdout } = await kv(project, 'export b -');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toHaveLength(3001);
  expect(await readdir(project.folder)).not.toContain('-');
});

test.runIf(process.platform === 'linux')('a disk that is full is no wrong usage', async () => {
  await using project = await projectWithBackup();
  const { code, stderr } = await kv(project, 'export b /dev/full');
  expect(stderr).toMatch(/^kvasi: \/dev\/full can't be written: ENOSPC[^\n]*\n$/);
  expect(code).toBe(1);
});

test('what is left of a time to live goes with a key through an export, an import and a copy', async () => {
  await using project = await Project.create();
  expect(await kv(project, 'set b short v --ttl 1h')).toMatchObject({ code: 0 });
  expect(await kv(project, 'set b lasting v')).toMatchObject({ code: 0 });
  const { stdout } = await kv(project, 'export b');
  const [lasting, short] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { ttl?: number });
  expect(lasting).toEqual({ key: 'lasting', value: 'v' });
  expect(short).toEqual({ key: 'short', value: 'v', ttl: expect.any(Number) });
  expect(short?.ttl).toBeGreaterThan(3_500_000);
  expect(short?.ttl).toBeLessThanOrEqual(3_600_000);
  await kv(project, 'export b out.jsonl');
  await kv(project, 'import b out.jsonl', 'filesystem:files');
  await kv(project, 'copy b --to sqlite:other.db', 'filesystem:files');
  const { stdout: after } = await kv(project, 'export b', 'sqlite:other.db');
  const ttl = (JSON.parse(after.trim().split('\n')[1] ?? '{}') as { ttl?: number }).ttl ?? 0;
  expect(ttl).toBeGreaterThan(3_400_000);
  expect(ttl).toBeLessThanOrEqual(short?.ttl ?? 0);
});

test('of one key that an import has several times the last entry counts, with its end or without', async () => {
  await using project = await Project.create({
    'in.jsonl': [
      '{"key":"a","value":"1","ttl":5000}\n{"key":"a","value":"2"}\n',
      '{"key":"b","value":"1"}\n{"key":"b","value":"2","ttl":3000000}\n{"key":"b","value":"3","ttl":3600000}\n',
    ].join(''),
    'wrong.jsonl': '{"key":"a","value":"3","ttl":0}\n',
  });
  await kv(project, 'import b in.jsonl');
  const { stdout } = await kv(project, 'export b');
  const [a, b] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { ttl?: number });
  expect(a).toEqual({ key: 'a', value: '2' });
  expect(b).toMatchObject({ key: 'b', value: '3' });
  expect(b?.ttl).toBeGreaterThan(3_000_000);
  const refused = await kv(project, 'import b wrong.jsonl');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('line 1: "ttl" is 0');
});
