import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filesystem } from '../../host/interfaces/keyvalue/backends/filesystem/filesystem.ts';
import {
  bucketFolders,
  isPlain,
  packEscaped,
  platformNames,
  unpackEscaped,
} from '../../host/interfaces/keyvalue/backends/filesystem/names.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { Project } from '../support/project.ts';

const context = { now: Date.now, operationTimeout: 5000, tell: () => {} };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function openStore(path: string) {
  return await connectDefinition(filesystem, { path }, context);
}

test('a value that wash wrote is read, and what kvasi writes is where wash looks for it', async () => {
  await using project = await Project.create({ 'in_memory/mykey': 'from wash', 'in_memory/visits': '41' });
  const store = await openStore(project.folder);
  const bucket = await store.open('in_memory', {});
  expect(await bucket.get('mykey')).toEqual(Buffer.from('from wash'));
  expect(await bucket.increment('visits', 1n, 'u64')).toBe(42n);
  await bucket.set('a key', bytes('from kvasi'));
  const file = (name: string) => readFile(join(project.folder, 'in_memory', name), 'utf8');
  expect(await file('a key')).toBe('from kvasi');
  expect(await file('visits')).toBe('42');
  expect((await bucket.listKeys(undefined)).keys).toEqual(['a key', 'mykey', 'visits']);
  await store.close();
});

test('no key leads out of the root', async () => {
  await using project = await Project.create({ outside: 'secret', 'root/b/k': 'v' });
  const store = await openStore(join(project.folder, 'root'));
  for (const bucket of ['b', '..', '../', '/']) {
    const opened = await store.open(bucket, {});
    for (const key of [
      '../outside',
      '../../outside',
      join(project.folder, 'outside'),
      '..',
      'x/../../../outside',
    ]) {
      expect(await opened.get(key), `${bucket} ${key}`).toBeUndefined();
      await opened.set(key, bytes('mine'));
      expect(Buffer.from((await opened.get(key)) ?? []).toString()).toBe('mine');
    }
  }
  expect(await readFile(join(project.folder, 'outside'), 'utf8')).toBe('secret');
  expect((await readdir(project.folder)).toSorted()).toEqual(['outside', 'root']);
  await store.close();
});

test('links and folders are no keys', async () => {
  await using project = await Project.create({ outside: 'secret', 'root/b/k': 'v' });
  await symlink(join(project.folder, 'outside'), join(project.folder, 'root/b/link'));
  await mkdir(join(project.folder, 'root/b/folder'));
  const store = await openStore(join(project.folder, 'root'));
  const bucket = await store.open('b', {});
  expect(await bucket.get('link')).toBeUndefined();
  expect(await bucket.get('folder')).toBeUndefined();
  expect((await bucket.listKeys(undefined)).keys).toEqual(['k']);
  await bucket.set('link', bytes('mine'));
  expect(await readFile(join(project.folder, 'outside'), 'utf8')).toBe('secret');
  await store.close();
});

test('a bucket that is a link is refused', async () => {
  await using project = await Project.create({ 'outside/k': 'secret', 'root/b/k': 'v' });
  await symlink(join(project.folder, 'outside'), join(project.folder, 'root/link'));
  const store = await openStore(join(project.folder, 'root'));
  expect(() => store.open('link', {})).toThrow(expect.objectContaining({ case: 'access-denied' }));
  await store.close();
});

test('a root that can not be written is an error of the store, not of the host', async () => {
  await using project = await Project.create({ file: 'no folder' });
  const store = await openStore(join(project.folder, 'file'));
  expect(() => store.open('b', {})).toThrow(expect.objectContaining({ name: 'StoreError', case: 'other' }));
});

test('half a file from a process that was killed is never a value', async () => {
  await using project = await Project.create();
  const store = await openStore(project.folder);
  const bucket = await store.open('b', {});
  await writeFile(join(project.folder, '.kvasi/temporary/leftover'), 'half');
  expect((await bucket.listKeys(undefined)).keys).toEqual([]);
  await store.close();
});

test('every key under a hash can be told from its file', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (key, value) => {
      const unpacked = unpackEscaped(packEscaped(key, value));
      expect(unpacked?.key).toBe(key);
      expect([...(unpacked?.value ?? [])]).toEqual([...value]);
    }),
  );
});

test('a name that is a file name stays below its folder on every platform', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('linux', 'darwin', 'win32'),
      (name, platform) => {
        fc.pre(isPlain(name, platformNames(platform)));
        expect(name).not.toMatch(/[/\0]/);
        expect(['', '.', '..', '.kvasi']).not.toContain(name);
      },
    ),
  );
});

test('where file systems fold case, names that differ in case do not share a file', () => {
  for (const platform of ['darwin', 'win32'] as const) {
    const rules = platformNames(platform);
    expect(isPlain('a', rules)).toBe(true);
    expect(isPlain('A', rules)).toBe(false);
    expect(isPlain('é', rules)).toBe(false);
    expect(bucketFolders('/r', 'A', rules).plain).not.toBe(bucketFolders('/r', 'a', rules).plain);
  }
  expect(isPlain('con.txt', platformNames('win32'))).toBe(false);
  expect(isPlain('CON', platformNames('linux'))).toBe(true);
});
