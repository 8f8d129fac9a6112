import { rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { sqlite } from '../../host/interfaces/keyvalue/backends/sqlite/sqlite.ts';
import { bytes } from '../../host/interfaces/keyvalue/conformance/bucket-contents.ts';
import { movableClock, subjectOf } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import {
  BackendProcess,
  expectEndsToOutliveKills,
  expectToOutliveKills,
} from '../support/backend-process.ts';
import { makeOlderFile } from '../support/older-sqlite-file.ts';
import { Project } from '../support/project.ts';
import { conformance } from './suite.ts';

conformance('sqlite', sqlite, async () => {
  const project = await Project.create();
  const path = join(project.folder, 'state', 'kv.db');
  return await subjectOf({ kind: 'sqlite', path }, { dispose: () => project[Symbol.asyncDispose]() });
});

const connect = async (path: string, now = Date.now) =>
  connectDefinition(sqlite, { path }, { now, operationTimeout: 300, tell: () => {} });

test('kill -9 in the middle of writes loses none that was acknowledged and tears none', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv.db');
  await expectToOutliveKills('sqlite', path, () => connect(path));
});

test('kill -9 while a key is given ends leaves its value with its own', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv.db');
  await expectEndsToOutliveKills('sqlite', path, () => connect(path));
});

test('increments of two processes add up', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv.db');
  await using one = new BackendProcess('sqlite', path, 'increment', '1000');
  await using two = new BackendProcess('sqlite', path, 'increment', '1000');
  await Promise.all([one.finish(), two.finish()]);
  const store = await connect(path);
  expect(Buffer.from((await (await store.open('b', {})).get('n')) ?? []).toString()).toBe('2000');
  await store.close();
});

test('a database of another program is refused and left as it is', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'people.db');
  {
    using other = new DatabaseSync(path);
    other.exec('CREATE TABLE people (name TEXT)');
  }
  const store = await connect(path);
  expect(() => store.open('b', {})).toThrow(/database of another program \(tables: people\)/);
  await store.close();
  using other = new DatabaseSync(path);
  expect(other.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'people' }]);
  expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
});

test('a file that is no database is an error until it is away', async () => {
  await using project = await Project.create({ 'kv.db': 'no database '.repeat(1000) });
  const store = await connect(join(project.folder, 'kv.db'));
  expect(() => store.open('b', {})).toThrow(/no SQLite database: choose another path/);
  await rm(join(project.folder, 'kv.db'));
  const bucket = await store.open('b', {});
  await bucket.set('k', bytes('v'));
  expect(await bucket.get('k')).toEqual(bytes('v'));
  await store.close();
});

test('a file that is removed while it is in use is noticed within a second', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'state', 'kv.db');
  const store = await connect(path);
  const bucket = await store.open('b', {});
  await bucket.set('k', bytes('v'));
  await rm(join(project.folder, 'state'), { recursive: true });
  await vi.waitFor(async () => expect(await bucket.get('k')).toBeUndefined(), { timeout: 2000 });
  await bucket.set('k', bytes('new'));
  const other = await connect(path);
  expect(await (await other.open('b', {})).get('k')).toEqual(bytes('new'));
  await Promise.all([store.close(), other.close()]);
});

const removals = {
  'its folder is removed': (folder: string) => rm(join(folder, 'state'), { recursive: true }),
  'its folder is moved': (folder: string) => rename(join(folder, 'state'), join(folder, 'elsewhere')),
  'it is removed': (folder: string) => rm(join(folder, 'state/kv.db')),
  'it is moved': (folder: string) => rename(join(folder, 'state/kv.db'), join(folder, 'state/old.db')),
  'another one is put in its place': async (folder: string) => {
    const other = await connect(join(folder, 'other.db'));
    await (await other.open('b', {})).set('other', bytes('v'));
    await other.close();
    await rename(join(folder, 'other.db'), join(folder, 'state/kv.db'));
  },
};

test.for(Object.entries(removals))(
  'what is written after %s is there after a restart',
  async ([, remove]) => {
    await using project = await Project.create();
    const path = join(project.folder, 'state', 'kv.db');
    const store = await connect(path);
    const bucket = await store.open('b', {});
    await bucket.set('k', bytes('before'));
    const { version } = await bucket.getVersioned('k');
    await remove(project.folder);
    await bucket.set('new', bytes('v'));
    expect(await bucket.setIfVersion('k', bytes('swapped'), version)).toBe(false);
    expect(await bucket.increment('n', 1n, 's64')).toBe(1n);
    expect(await bucket.get('k')).toBeUndefined();
    // Another process, as after kill -9 of this one.
    await using counting = new BackendProcess('sqlite', path, 'increment', '8');
    await counting.finish();
    const after = await connect(path);
    const found = await after.open('b', {});
    expect(await found.get('new')).toEqual(bytes('v'));
    expect(await found.get('n')).toEqual(bytes('9'));
    await Promise.all([store.close(), after.close()]);
  },
);

test('what was written before and after the log was removed is there after a restart', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv.db');
  const store = await connect(path);
  const bucket = await store.open('b', {});
  await bucket.set('before', bytes('v'));
  await rm(`${path}-wal`);
  await bucket.set('after', bytes('v'));
  await using counting = new BackendProcess('sqlite', path, 'increment', '1');
  await counting.finish();
  const other = await connect(path);
  expect((await (await other.open('b', {})).listKeys(undefined)).keys).toEqual(['after', 'before', 'n']);
  await Promise.all([store.close(), other.close()]);
});

test('a file that is cut while it is in use is an error or goes on empty', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv.db');
  const store = await connect(path);
  const bucket = await store.open('b', {});
  await bucket.set('k', bytes('v'));
  await truncate(path, 0);
  const acknowledged = await Promise.resolve()
    .then(() => bucket.set('new', bytes('v')))
    .then(
      () => true,
      () => false,
    );
  await store.close();
  if (acknowledged) {
    const after = await connect(path);
    expect(await (await after.open('b', {})).get('new')).toEqual(bytes('v'));
    await after.close();
  }
});

test('a writer that another process keeps waiting gives up in time', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv.db');
  const store = await connect(path);
  const bucket = await store.open('b', {});
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  expect(() => bucket.set('k', bytes('v'))).toThrow(/^set of key 'k' in bucket 'b': .*locked.*try again/);
  expect(await bucket.get('k')).toBeUndefined();
  other.exec('ROLLBACK');
  await bucket.set('k', bytes('v'));
  await store.close();
});

test('expired entries are removed by later writes', async () => {
  await using project = await Project.create();
  const clock = movableClock();
  const path = join(project.folder, 'kv.db');
  const store = await connect(path, clock.now);
  const bucket = await store.open('b', { ttl: 60_000 });
  for (const key of ['k', 'l', 'm']) await bucket.set(key, bytes('v'));
  clock.advance(60_001);
  await bucket.set('new', bytes('v'));
  using other = new DatabaseSync(path);
  expect(other.prepare('SELECT count(*) AS count FROM entries').get()).toEqual({ count: 1 });
  await store.close();
});

function markOf(path: string): unknown {
  using file = new DatabaseSync(path, { readOnly: true });
  return file.prepare('PRAGMA application_id').get()?.application_id;
}

test('a file of an older host is read and written, and older hosts refuse it once a key has a time to live', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv.db');
  makeOlderFile(path);
  const clock = movableClock();
  const store = await connect(path, clock.now);
  const bucket = await store.open('b', {});
  expect(await bucket.get('k')).toEqual(bytes('v'));
  await bucket.set('plain', bytes('w'));
  expect(markOf(path)).toBe(0x6b767369);
  await bucket.set('k', bytes('v'), 1000);
  expect(markOf(path)).toBe(0x6b767365);
  clock.advance(1001);
  expect(await bucket.listKeys(undefined)).toEqual({ keys: ['plain'], cursor: undefined });
  await store.close();
  const again = await connect(path, clock.now);
  expect(await (await again.open('b', {})).get('plain')).toEqual(bytes('w'));
  await again.close();
});

test('keys that have ended leave the file when others are given an end', async () => {
  await using project = await Project.create();
  const path = join(project.folder, 'kv.db');
  const clock = movableClock();
  const store = await connect(path, clock.now);
  const bucket = await store.open('b', {});
  for (let index = 0; index < 15; index += 1) await bucket.set(`k${index}`, bytes('v'), 1000);
  clock.advance(1001);
  await bucket.set('next', bytes('v'), 1000);
  await store.close();
  using file = new DatabaseSync(path, { readOnly: true });
  expect(file.prepare('SELECT count(*) AS count FROM entries').get()?.count).toBe(1);
});
