import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { filesystem } from '../../host/interfaces/keyvalue/backends/filesystem/filesystem.ts';
import { bytes, keysOf, textOf } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { movableClock } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { expectEndsToOutliveKills } from '../support/backend-process.ts';
import { Project } from '../support/project.ts';

const ttl = 60_000;

async function storeIn(path: string) {
  const clock = movableClock();
  const context = { now: clock.now, operationTimeout: 5000, tell: () => {} };
  const store = await connectDefinition(filesystem, { path }, context);
  return { clock, store, bucket: await store.open('b', {}) };
}

const endFiles = async (path: string): Promise<string[]> =>
  (await readdir(join(path, '.kvasi/ends'), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((item) => item.isFile())
    .map(({ name }) => name);

test('the file of a key with an end has its value and nothing else, as wash reads it', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv');
  const { bucket, store } = await storeIn(path);
  await bucket.set('k', bytes('value'), ttl);
  expect(await readFile(join(path, 'b/k'), 'utf8')).toBe('value');
  await store.close();
});

test('what wash writes over a key with an end has none', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv');
  const { bucket, clock, store } = await storeIn(path);
  await bucket.set('k', bytes('one'), ttl);
  await writeFile(join(path, 'b/k'), 'two');
  clock.advance(ttl + 1);
  expect(await textOf(bucket, 'k')).toBe('two');
  expect(await keysOf(bucket)).toEqual(['k']);
  await store.close();
});

test('what is of no value that is there goes with the next writes, and changes nothing meanwhile', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv');
  const { bucket, clock, store } = await storeIn(path);
  await bucket.set('k', bytes('v'), ttl);
  await bucket.set('k', bytes('w'));
  expect(await endFiles(path)).toHaveLength(1);
  clock.advance(ttl + 1);
  expect(await textOf(bucket, 'k')).toBe('w');
  await bucket.set('next', bytes('v'), ttl);
  expect(await endFiles(path)).toHaveLength(1);
  await bucket.delete('next');
  expect(await endFiles(path)).toEqual([]);
  expect(await keysOf(bucket)).toEqual(['k']);
  await store.close();
});

test.skipIf(process.platform === 'win32')('a copy that keeps the times of files keeps the ends', async () => {
  await using project = await Project.create();
  const [path, copy] = [join(project.folder, 'kv'), join(project.folder, 'copy')];
  const first = await storeIn(path);
  await first.bucket.set('k', bytes('v'), ttl);
  await first.store.close();
  await promisify(execFile)('cp', ['-a', path, copy]);
  const { bucket, clock, store } = await storeIn(copy);
  expect(await textOf(bucket, 'k')).toBe('v');
  clock.advance(ttl + 1);
  expect(await bucket.get('k')).toBeUndefined();
  await store.close();
});

test('keys that have ended go from the disk when others are given an end', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv');
  const { bucket, clock, store } = await storeIn(path);
  for (let index = 0; index < 5; index += 1) await bucket.set(`k${index}`, bytes('v'), ttl);
  clock.advance(ttl + 1);
  await bucket.set('other', bytes('v'), ttl);
  expect(await readdir(join(path, 'b'))).toEqual(['other']);
  expect(await endFiles(path)).toHaveLength(1);
  await bucket.delete('other');
  expect(await endFiles(path)).toEqual([]);
  await store.close();
});

test('kill -9 while a key is given ends leaves its value with its own', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv');
  await expectEndsToOutliveKills('filesystem', path, async () => (await storeIn(path)).store);
});
