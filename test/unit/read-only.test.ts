import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesystem } from '../../host/interfaces/keyvalue/backends/filesystem/filesystem.ts';
import { sqlite } from '../../host/interfaces/keyvalue/backends/sqlite/sqlite.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { makeOlderFile } from '../support/older-sqlite-file.ts';
import { Project } from '../support/project.ts';
import { useWithoutRights } from '../support/without-rights.ts';

const context = { now: Date.now, operationTimeout: 1000, tell: () => {} };
const readable = { open: 'done', get: '"v"', list: '["k"]', version: 'true', 'other bucket': '[]' };

test.skipIf(process.platform === 'win32')('a folder that can only be read is read', async () => {
  await using project = await Project.create();
  const folder = join(project.folder, 'state');
  const store = await connectDefinition(filesystem, { path: folder }, context);
  await (await store.open('b', {})).set('k', Buffer.from('v'));
  await store.close();
  const said = await useWithoutRights('filesystem', folder, folder);
  expect(said).toMatchObject(readable);
  for (const op of ['set', 'delete', 'increment']) {
    expect(said[op]).toMatch(/in bucket 'b': filesystem failed: .*Let this user read and write the folder/);
    expect(said[`${op}, to the guest`]).not.toContain(project.folder);
  }
});

test.skipIf(process.platform === 'win32')(
  'so is one that wash wrote and kvasi has not seen yet',
  async () => {
    await using project = await Project.create({ 'state/b/k': 'v' });
    const folder = join(project.folder, 'state');
    expect(await useWithoutRights('filesystem', folder, folder)).toMatchObject(readable);
  },
);

test.skipIf(process.platform === 'win32')('a folder that can be made nowhere says why', async () => {
  await using project = await Project.create();
  const folder = join(project.folder, 'state');
  await mkdir(folder);
  for (const [backend, path] of [
    ['filesystem', join(folder, 'a/b')],
    ['sqlite', join(folder, 'a/kv.db')],
  ] as const) {
    const said = await useWithoutRights(backend, path, folder);
    expect(said.open).toMatch(/EACCES: permission denied, mkdir '.*\/state\/a'\. Let this user/);
    expect(said['open, to the guest']).toMatch(/EACCES: permission denied\. Let this user/);
    expect(said['open, to the guest']).not.toContain('/state');
  }
});

test.skipIf(process.platform === 'win32').for([
  ['that was closed', false],
  ['that a host is writing', true],
])('an SQLite file %s is read where it can only be read', async ([, isInUse]) => {
  await using project = await Project.create();
  const folder = join(project.folder, 'state');
  const path = join(folder, 'kv.db');
  const store = await connectDefinition(sqlite, { path }, context);
  await (await store.open('b', {})).set('k', Buffer.from('v'));
  if (isInUse !== true) await store.close();
  const said = await useWithoutRights('sqlite', path, folder);
  expect(said).toMatchObject(readable);
  for (const op of ['set', 'delete', 'increment']) {
    expect(said[op]).toMatch(
      /in bucket 'b': sqlite failed on .*readonly database\. Let this user write the file and its folder/,
    );
    expect(said[`${op}, to the guest`]).not.toContain(project.folder);
  }
  await store.close();
});

test.skipIf(process.platform === 'win32')('so is one that an older host made', async () => {
  await using project = await Project.create();
  const folder = join(project.folder, 'state');
  await mkdir(folder);
  makeOlderFile(join(folder, 'kv.db'));
  expect(await useWithoutRights('sqlite', join(folder, 'kv.db'), folder)).toMatchObject(readable);
});

test.skipIf(process.platform === 'win32')(
  'an SQLite file whose log can not be read is refused, not read in part',
  async () => {
    await using project = await Project.create();
    const path = join(project.folder, 'kv.db');
    const store = await connectDefinition(sqlite, { path }, context);
    await (await store.open('b', {})).set('k', Buffer.from('v'));
    // As a backup of the two files that was made while the host was running.
    const folder = join(project.folder, 'state');
    await mkdir(folder);
    for (const end of ['', '-wal']) await copyFile(path + end, join(folder, `kv.db${end}`));
    await store.close();
    const said = await useWithoutRights('sqlite', join(folder, 'kv.db'), folder);
    expect(said.open).toMatch(/^open of bucket 'b': sqlite failed on .*EACCES: permission denied/);
  },
);
