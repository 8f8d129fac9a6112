import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { filesystem } from '../../host/interfaces/keyvalue/backends/filesystem/filesystem.ts';
import {
  bucketFolders,
  fileOf,
  platformNames,
} from '../../host/interfaces/keyvalue/backends/filesystem/names.ts';
import { movableClock } from '../../host/interfaces/keyvalue/conformance/subject.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { Project } from '../support/project.ts';
import { rounds } from '../support/rounds.ts';

const clock = movableClock();
const connect = async (path: string) =>
  connectDefinition(filesystem, { path }, { now: clock.now, operationTimeout: 1000, tell: () => {} });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

afterEach(() => {
  vi.useRealTimers();
});

test('a store that is cleared while it is in use goes on empty', async () => {
  await using project = await Project.create();
  const root = join(project.folder, 'root');
  const [store, other] = [await connect(root), await connect(root)];
  const [one, two] = [await store.open('b', {}), await other.open('b', {})];
  await one.increment('n', 5n, 's64');
  await two.increment('n', 5n, 's64');
  await rm(root, { recursive: true });
  expect(await one.get('n')).toBeUndefined();
  expect((await two.listKeys(undefined)).keys).toEqual([]);
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : two).increment('n', 1n, 's64')),
  );
  expect(Buffer.from((await two.get('n')) ?? []).toString()).toBe('20');
  await one.delete('n');
  await Promise.all([store.close(), other.close()]);
});

test('a bucket that becomes a link while it is in use is refused from then on', async () => {
  await using project = await Project.create({ 'outside/k': 'secret', 'root/b/k': 'v' });
  const store = await connect(join(project.folder, 'root'));
  const bucket = await store.open('b', {});
  await rename(join(project.folder, 'root/b'), join(project.folder, 'root/was'));
  await symlink(join(project.folder, 'outside'), join(project.folder, 'root/b'));
  const refused = expect.objectContaining({ name: 'StoreError', case: 'access-denied' });
  expect(() => bucket.get('k')).toThrow(refused);
  expect(() => bucket.listKeys(undefined)).toThrow(refused);
  await expect(bucket.set('k', bytes('mine'))).rejects.toEqual(refused);
  await expect(bucket.delete('k')).rejects.toEqual(refused);
  await store.close();
});

test('our own folder may be no link either', async () => {
  await using project = await Project.create({ 'outside/k': 'v', 'root/b/k': 'v' });
  await symlink(join(project.folder, 'outside'), join(project.folder, 'root/.kvasi'));
  const store = await connect(join(project.folder, 'root'));
  expect(() => store.open('b', {})).toThrow(expect.objectContaining({ case: 'access-denied' }));
  expect(await readdir(join(project.folder, 'outside'))).toEqual(['k']);
});

test('a folder in the place of a value is told with what to do', async () => {
  await using project = await Project.create();
  await mkdir(join(project.folder, 'b/k'), { recursive: true });
  const store = await connect(project.folder);
  const bucket = await store.open('b', {});
  await expect(bucket.set('k', bytes('v'))).rejects.toThrow(/key 'k' in bucket 'b'.*move it away/);
  await store.close();
  expect(await readdir(join(project.folder, '.kvasi/temporary'))).toEqual([]);
});

test('what nobody is known to own is removed an hour later', async () => {
  await using project = await Project.create();
  const temporary = join(project.folder, '.kvasi/temporary');
  await mkdir(temporary, { recursive: true });
  await writeFile(join(temporary, 'half'), 'half');
  await (await connect(project.folder)).open('b', {});
  expect(await readdir(temporary)).toEqual(['half']);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 });
  await (await connect(project.folder)).open('b', {});
  expect(await readdir(temporary)).toEqual([]);
});

test('files that have expired are removed by later writes', async () => {
  await using project = await Project.create();
  const store = await connect(project.folder);
  const bucket = await store.open('b', { ttl: 60_000 });
  for (let index = 0; index < 150; index += 1) await bucket.set(`k${index}`, bytes('v'));
  clock.advance(60_001);
  await bucket.set('new', bytes('v'));
  await bucket.set('new', bytes('v'));
  expect(await readdir(join(project.folder, 'b'))).toEqual(['new']);
  await store.close();
});

test('a key that came and expired meanwhile is noticed by a swap', async () => {
  await using project = await Project.create();
  const store = await connect(project.folder);
  const bucket = await store.open('b', { ttl: 60_000 });
  const { version } = await bucket.getVersioned('k');
  await bucket.set('k', bytes('theirs'));
  clock.advance(60_001);
  expect(await bucket.setIfVersion('k', bytes('mine'), version)).toBe(false);
  const again = await bucket.getVersioned('k');
  expect(again.value).toBeUndefined();
  expect(await bucket.setIfVersion('k', bytes('mine'), again.version)).toBe(true);
  await store.close();
});

test('versions differ under a clock that stands still', async () => {
  await using project = await Project.create();
  const context = { now: () => 1_700_000_000_000, operationTimeout: 1000, tell: () => {} };
  const store = await connectDefinition(filesystem, { path: project.folder }, context);
  const bucket = await store.open('b', {});
  const versions = new Set<string>();
  for (let round = 0; round < 300; round += 1) {
    await bucket.set('k', bytes('v'));
    versions.add((await bucket.getVersioned('k')).version);
    await bucket.delete('k');
    versions.add((await bucket.getVersioned('k')).version);
  }
  expect(versions.size).toBe(600);
  await store.close();
});

test('no two keys share a file, and none is outside of the bucket, on every platform', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({
      unit: fc.constantFrom('a', 'A', '.', '/', '\0', ' ', 'é', '\u0301', 'e', '~'),
      maxLength: 4,
    }),
    fc.constantFrom('CON', 'con', '.kvasi', '..', 'k'.repeat(255), 'k'.repeat(256), 'k'.repeat(65_536)),
  );
  fc.assert(
    fc.property(name, name, fc.constantFrom('linux', 'darwin', 'win32'), (a, b, platform) => {
      const rules = platformNames(platform);
      const folders = bucketFolders('/root', 'b', rules);
      const [one, other] = [a, b].map((key) => {
        const { path } = fileOf(key, folders, rules);
        expect(path).toMatch(/^\/root\/(b|\.kvasi\/keys\/[0-9a-f]{64})\/[^/\0]+$/);
        expect(path).not.toMatch(/\/\.\.?$/);
        return rules.foldsCase ? path.normalize('NFC').toLowerCase() : path;
      });
      expect(one === other).toBe(a === b);
    }),
    { numRuns: rounds.names },
  );
});
