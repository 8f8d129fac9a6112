import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

/** Calls functions of wasi:filesystem, one a line; see `components/files`. */
const files = component('files');
/** What stands for a descriptor's modification time, which is the machine's. */
const time = /modified=\d{4,}\.\d+/g;

/** A project whose folder `volume` the component sees. */
async function projectWithVolume(): Promise<Project> {
  const project = await Project.create({
    'volume/in.txt': 'hello from the host',
    'volume/sub/inner.txt': 'inner',
    'outside/secret': 'secret',
  });
  const volume = join(project.folder, 'volume');
  await symlink('in.txt', join(volume, 'link'));
  await symlink('sub', join(volume, 'folder-link'));
  await symlink('nowhere', join(volume, 'dangling'));
  await symlink('loop-b', join(volume, 'loop-a'));
  await symlink('loop-a', join(volume, 'loop-b'));
  await symlink('../outside/secret', join(volume, 'out'));
  await symlink('../outside', join(volume, 'out-folder'));
  await symlink(join(project.folder, 'outside/secret'), join(volume, 'absolute'));
  return project;
}

function hostFor({ folder }: Project, volume = 'volume'): Promise<TestHost> {
  return startHost({ component: files, volumes: { '/data': join(folder, volume) } });
}

async function run(host: TestHost, lines: readonly string[]): Promise<string[]> {
  const response = await host.fetch('/', { method: 'POST', body: lines.join('\n') });
  return (await response.text()).replaceAll(time, 'modified=T').trimEnd().split('\n');
}

/** Each call with what it answers, which is what wasmtime answers where nothing else is said. */
type Script = readonly (readonly [call: string, answer: string])[];

async function expectAnswers(script: Script): Promise<void> {
  await using project = await projectWithVolume();
  await using host = await hostFor(project);
  const calls = script.map(([call]) => call);
  const answers = await run(host, calls);
  expect(calls.map((call, index) => [call, answers[index]])).toEqual(script);
  await expect.poll(() => openUnder(project.folder)).toEqual([]);
}

/** What this process has open in a folder; nothing where the system does not tell. */
function openUnder(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  const targets = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  return targets.filter((target) => target.startsWith(folder));
}

test('the folder of a volume has type, flags and entries, as folders in it have', () =>
  expectAnswers([
    ['preopens', 'ok /data'],
    ['type root', 'ok directory'],
    ['flags root', 'ok rm'],
    [
      'list root',
      'ok absolute:link dangling:link folder-link:link in.txt:file link:link loop-a:link loop-b:link out-folder:link out:link sub:directory',
    ],
    ['sync root', 'ok'],
    ['syncdata root', 'ok'],
    ['times root no 5.0', 'ok'],
    ['size root 1', 'bad-descriptor'],
    ['read root 5 0', 'bad-descriptor'],
    ['write root x 0', 'bad-descriptor'],
    ['rstream root 0 5', 'is-directory'],
    ['wstream root x 0', 'bad-descriptor'],
    ['append root x', 'bad-descriptor'],
    ['advise root', 'bad-descriptor'],
    ['open sub root sub - d r', 'ok'],
    ['list sub', 'ok inner.txt:file'],
    ['flags sub', 'ok rm'],
    ['same root root', 'ok true'],
    ['same root sub', 'ok false'],
  ]));

test('a file is read, written, made longer and shorter at any offset', () =>
  expectAnswers([
    ['open f root in.txt - - r', 'ok'],
    ['read f 100 0', 'ok 19 hello from the host false'],
    ['read f 0 0', 'ok 0 true'],
    ['read f 10 100', 'ok 0 true'],
    ['read f 18446744073709551615 5', 'ok 14  from the host false'],
    ['read f 5 18446744073709551615', 'invalid'],
    ['read f 5 9223372036854775807', 'invalid'],
    ['rstream f 5 100', 'ok 14  from the host'],
    ['rstream f 18446744073709551615 100', 'failed invalid'],
    ['write f x 0', 'bad-descriptor'],
    ['size f 1', 'invalid'],
    ['flags f', 'ok r'],
    ['list f', 'not-directory'],
    ['mkdir f x', 'not-directory'],
    ['open g f x - - r', 'not-directory'],
    ['advise f', 'ok'],
    ['open n root new - c rw', 'ok'],
    ['write n hello 0', 'ok 5'],
    ['write n world 10', 'ok 5'],
    ['read n 100 0', 'ok 15 hello\0\0\0\0\0world false'],
    ['size n 3', 'ok'],
    ['append n zz', 'ok'],
    ['wstream n QQ 1', 'ok'],
    ['read n 100 0', 'ok 5 hQQzz false'],
    ['write n x 18446744073709551615', 'invalid'],
    ['write n x 9007199254740993', 'file-too-large'],
    ['write n x 4611686018427387904', 'file-too-large'],
    ['wstream n x 18446744073709551615', 'failed invalid'],
    ['size n 18446744073709551615', 'invalid'],
    ['size n 9007199254740993', 'file-too-large'],
    ['size n 1099511627776', 'ok'],
    ['read n 5 1099511627770', 'ok 5 \0\0\0\0\0 false'],
    ['read n 4294967296 0', 'ok 1048576 false'],
    ['size n 5', 'ok'],
    ['sync n', 'ok'],
    ['syncdata n', 'ok'],
    ['open w root new - - w', 'ok'],
    ['read w 5 0', 'bad-descriptor'],
    ['open t root new - t r', 'ok'],
    ['read n 5 0', 'ok 0 true'],
    ['open i root new - - rwi', 'ok'],
    ['flags i', 'ok rwi'],
    ['write i x 0', 'ok 1'],
    ['times n 1.0 20.0', 'ok'],
    ['stat n', 'ok file size=1 links=1 modified=20.0'],
    ['times n no no', 'ok'],
    ['stat n', 'ok file size=1 links=1 modified=20.0'],
    ['times n no 18446744073709551615.0', 'overflow'],
    ['times n no 1.1000000000', 'invalid'],
    ['times n now now', 'ok'],
    ['hash f', expect.stringMatching(/^ok [0-9a-f]{20,}$/) as unknown as string],
  ]));

test('opening says why it can’t', () =>
  expectAnswers([
    ['open a root nope - - r', 'no-entry'],
    ['open a root nope/x - - r', 'no-entry'],
    ['open a root in.txt/x - - r', 'not-directory'],
    ['open a root in.txt/ - - r', 'not-directory'],
    ['open a root in.txt - d r', 'not-directory'],
    ['open a root in.txt - cx rw', 'exist'],
    ['open a root dangling - cx rw', 'exist'],
    ['open a root sub - c rw', 'is-directory'],
    ['open a root sub - - rw', 'is-directory'],
    ['open a root new/ - c rw', 'is-directory'],
    ['open a root new - cd rw', 'invalid'],
    ['open a root link - - r', 'loop'],
    ['open a root loop-a f - r', 'loop'],
    ['open a root dangling f - r', 'no-entry'],
    ['open a root link f - r', 'ok'],
    ['read a 5 0', 'ok 5 hello false'],
    ['open a root folder-link/inner.txt - - r', 'ok'],
    ['open a root sub/../in.txt - - r', 'ok'],
    ['open a root ./sub//./inner.txt - - r', 'ok'],
    ['open a root dangling f c rw', 'ok'],
    ['statat root - nowhere', 'ok file size=0 links=1 modified=T'],
  ]));

test('folders and names are made, renamed, linked and removed', () =>
  expectAnswers([
    ['mkdir root sub', 'exist'],
    ['mkdir root d', 'ok'],
    ['mkdir root d/', 'exist'],
    ['mkdir root x/y/z', 'no-entry'],
    ['mkdir root .', 'exist'],
    ['mkdir root in.txt/x', 'not-directory'],
    ['rmdir root sub', 'not-empty'],
    ['rmdir root nope', 'no-entry'],
    ['rmdir root in.txt', 'not-directory'],
    ['rmdir root .', 'invalid'],
    ['rmdir root d', 'ok'],
    ['open sub root sub - d r', 'ok'],
    ['rename root in.txt sub moved', 'ok'],
    ['rename sub moved root in.txt', 'ok'],
    ['rename root nope root x', 'no-entry'],
    ['rename root sub root in.txt', 'not-directory'],
    ['rename root in.txt root sub', 'is-directory'],
    ['rename root sub root sub/deeper', 'invalid'],
    ['rename root . root x', 'busy'],
    ['link root - in.txt root hard', 'ok'],
    ['link root - in.txt root hard', 'exist'],
    ['link root f in.txt root hard2', 'invalid'],
    ['link root - sub root hard2', 'not-permitted'],
    ['statat root - hard', 'ok file size=19 links=2 modified=T'],
    ['symlink root in.txt sub-link', 'ok'],
    ['symlink root in.txt sub-link', 'exist'],
    ['symlink root ../in.txt sub/up', 'ok'],
    ['readlink root sub/up', 'ok ../in.txt'],
    ['open up root sub/up f - r', 'ok'],
    ['readlink root in.txt', 'invalid'],
    ['readlink root nope', 'no-entry'],
    ['timesat root - hard 3.0 4.0', 'ok'],
    ['statat root f link', 'ok file size=19 links=2 modified=4.0'],
    ['timesat root - nope now now', 'no-entry'],
    ['hashat root - nope', 'no-entry'],
    ['unlink root sub', 'is-directory'],
    ['unlink root hard/', 'not-directory'],
    ['unlink root nope', 'no-entry'],
    ['unlink root hard', 'ok'],
    ['unlink root link', 'ok'],
  ]));

test('no path leads out of the volume', () =>
  expectAnswers([
    ['open a root .. - - r', 'not-permitted'],
    ['open a root ../outside/secret f - r', 'not-permitted'],
    ['open a root sub/../../outside/secret f - r', 'not-permitted'],
    ['open a root /etc/passwd f - r', 'not-permitted'],
    ['open a root %2Fetc%2Fpasswd f - r', 'not-permitted'],
    ['open a root out f - r', 'not-permitted'],
    ['open a root out-folder/secret - - r', 'not-permitted'],
    ['open a root absolute f - r', 'not-permitted'],
    ['statat root f out', 'not-permitted'],
    ['open sub root sub - d r', 'ok'],
    ['open a sub .. - d r', 'not-permitted'],
    ['mkdir root ../made', 'not-permitted'],
    ['rmdir root ..', 'not-permitted'],
    ['unlink root ../outside/secret', 'not-permitted'],
    ['unlink root out-folder/secret', 'not-permitted'],
    ['rename root in.txt root ../x', 'not-permitted'],
    ['rename root in.txt root out-folder/x', 'not-permitted'],
    ['link root - out-folder/secret root x', 'not-permitted'],
    ['readlink root absolute', 'not-permitted'],
    ['symlink root /etc/passwd a', 'not-permitted'],
    // wasmtime makes this one, and refuses to follow it.
    ['symlink root ../outside a', 'not-permitted'],
    ['symlink root ../in.txt sub/up', 'ok'],
    ['rename root sub/up root up', 'not-permitted'],
    // The folder of a descriptor is moved away, and a link comes in its place.
    ['rename root sub root moved', 'ok'],
    ['rename root out-folder root sub', 'not-permitted'],
    ['symlink root moved sub', 'ok'],
    ['open a sub inner.txt - - r', 'no-entry'],
    ['list sub', 'no-entry'],
  ]));

test('hostile names are refused by what is wrong with them', () =>
  expectAnswers([
    ['open a root %00 - - r', 'invalid'],
    ['open a root in.txt%00 - - r', 'invalid'],
    [`open a root ${'n'.repeat(256)} - c rw`, 'name-too-long'],
    [`open a root ${'n/'.repeat(40_000)} - c rw`, 'name-too-long'],
    ['mkdir root a%20%0a%1b%5b31m', 'ok'],
    ['rmdir root a%20%0a%1b%5b31m', 'ok'],
    ['mkdir root con:nul%5c..%5c..', 'ok'],
    ['rmdir root con:nul%5c..%5c..', 'ok'],
    ['open a root ... - - r', 'no-entry'],
  ]));

test('a FIFO and a socket are seen and not opened, so that nobody waits for their other end', async () => {
  await using project = await projectWithVolume();
  execFileSync('mkfifo', [join(project.folder, 'volume/fifo')]);
  await using host = await hostFor(project);
  const flags = ['r', 'w', 'rw'];
  expect(
    await run(
      host,
      flags.map((flag) => `open z root fifo f - ${flag}`),
    ),
  ).toEqual(flags.map(() => 'unsupported'));
  expect(await run(host, ['statat root - fifo'])).toEqual(['ok fifo size=0 links=1 modified=T']);
});

test('names that are no UTF-8 are an error of the entry', async () => {
  await using project = await Project.create({ 'volume/a': '' });
  await writeFile(Buffer.concat([Buffer.from(`${project.folder}/volume/`), Buffer.from([0xff])]), '');
  await using host = await hostFor(project);
  expect(await run(host, ['list root'])).toEqual(['ok a:file illegal-byte-sequence']);
});

test('one request has 256 files open at most, and none when it has ended', async () => {
  await using project = await projectWithVolume();
  await using host = await hostFor(project);
  expect(await run(host, ['many 256 root in.txt', 'open a root in.txt - - r', 'list root'])).toEqual([
    'ok',
    'insufficient-memory',
    'insufficient-memory',
  ]);
  await expect.poll(() => openUnder(project.folder)).toEqual([]);
  expect(await run(host, ['many 300 root in.txt'])).toEqual(['insufficient-memory after 256']);
  const trapped = await host.fetch('/', { method: 'POST', body: 'many 10 root in.txt\ntrap' });
  expect(trapped.status).toBe(500);
  await trapped.text();
  await expect.poll(() => openUnder(project.folder)).toEqual([]);
});

test('a volume that vanishes, is a file or was never there is an error of each call', async () => {
  await using project = await projectWithVolume();
  await using vanishing = await hostFor(project);
  await using isFile = await hostFor(project, 'outside/secret');
  await using missing = await hostFor(project, 'missing');
  const calls = ['list root', 'stat root', 'open a root x - c rw', 'sync root', 'type root'];
  expect((await run(vanishing, calls))[0]).toMatch(/^ok /);
  await rm(join(project.folder, 'volume'), { recursive: true });
  const none = ['no-entry', 'no-entry', 'no-entry', 'no-entry', 'ok directory'];
  expect(await run(vanishing, calls)).toEqual(none);
  expect(await run(missing, calls)).toEqual(none);
  expect((await run(isFile, calls)).slice(0, 3)).toEqual(['not-directory', 'not-directory', 'not-directory']);
  await mkdir(join(project.folder, 'volume'));
  expect(await run(vanishing, ['open a root x - c rw', 'write a back 0'])).toEqual(['ok', 'ok 4']);
  expect(await readFile(join(project.folder, 'volume/x'), 'utf8')).toBe('back');
});

test('a sparse file is read in parts of the size that is there', async () => {
  await using project = await Project.create({ 'volume/sparse': '' });
  await truncate(join(project.folder, 'volume/sparse'), 2 ** 40);
  await using host = await hostFor(project);
  const before = process.memoryUsage().rss;
  expect(
    await run(host, ['open f root sparse - - r', 'read f 4294967296 0', 'rstream f 1000000000000 5']),
  ).toEqual(['ok', 'ok 1048576 false', 'ok 5 \0\0\0\0\0']);
  expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
});
