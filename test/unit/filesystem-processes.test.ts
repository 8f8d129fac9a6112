import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesystem } from '../../host/interfaces/keyvalue/backends/filesystem/filesystem.ts';
import { connectDefinition } from '../../host/interfaces/keyvalue/connect-backend.ts';
import { BackendProcess, expectToOutliveKills } from '../support/backend-process.ts';
import { Project } from '../support/project.ts';

const connect = async (path: string, operationTimeout = 5000) =>
  connectDefinition(filesystem, { path }, { now: Date.now, operationTimeout, tell: () => {} });

test('kill -9 in the middle of writes loses none that was acknowledged and tears none', async () => {
  await using project = await Project.create();
  await expectToOutliveKills('filesystem', project.folder, () => connect(project.folder));
});

test('what a host is writing is left alone, and what is left of a killed one is removed by the next', async () => {
  await using project = await Project.create();
  const temporary = join(project.folder, '.kvasi/temporary');
  const useStore = async (): Promise<void> => {
    const store = await connect(project.folder);
    await (await store.open('b', {})).set('k', new Uint8Array(1));
    await store.close();
  };
  await using holder = new BackendProcess('filesystem', project.folder, 'half');
  await holder.firstLine();
  const [half = 'none'] = holder.lines;
  await useStore();
  expect(await readdir(temporary, { recursive: true })).toContain(half);
  await holder.kill();
  await useStore();
  expect(await readdir(temporary)).toEqual([]);
});

test('increments of three processes add up', async () => {
  await using project = await Project.create();
  await using one = new BackendProcess('filesystem', project.folder, 'increment', '200');
  await using two = new BackendProcess('filesystem', project.folder, 'increment', '200');
  const store = await connect(project.folder);
  const bucket = await store.open('b', {});
  await Promise.all(Array.from({ length: 50 }, () => bucket.increment('n', 1n, 's64')));
  await Promise.all([one.finish(), two.finish()]);
  expect(Buffer.from((await bucket.get('n')) ?? []).toString()).toBe('450');
  await store.close();
});

test('a lock is waited for within the time that operations have, and is free once its holder is killed', async () => {
  await using project = await Project.create();
  await using holder = new BackendProcess('filesystem', project.folder, 'hold');
  await holder.firstLine();
  const store = await connect(project.folder, 300);
  const bucket = await store.open('b', {});
  const failures = await Promise.allSettled([
    bucket.set('k', new Uint8Array(1)),
    bucket.increment('k', 1n, 's64'),
  ]);
  for (const failure of failures) {
    expect(failure).toMatchObject({
      status: 'rejected',
      reason: {
        name: 'StoreError',
        message: expect.stringMatching(/key 'k' in bucket 'b'.*300 ms.*try again/),
      },
    });
  }
  expect(await bucket.get('k')).toBeUndefined();
  await bucket.set('another', new Uint8Array(1));
  await holder.kill();
  await bucket.set('k', new Uint8Array(1));
  expect(await bucket.get('k')).toHaveLength(1);
  await store.close();
});
