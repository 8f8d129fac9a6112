import { expect, test } from 'vitest';
import { resolveSettings } from '../../host/composition/settings.ts';
import { InMemoryBackend } from '../../host/interfaces/keyvalue/backends/memory/in-memory.ts';
import { ThreadStores } from '../../host/interfaces/keyvalue/open-stores.ts';
import { seedBuckets } from '../../host/interfaces/keyvalue/transfer/seed.ts';
import { Project } from '../support/project.ts';

/** Fills the buckets of a configuration, and answers the names of those that were filled. */
async function filled(keyvalue: object, contents = '{"key":"k","value":"v"}\n'): Promise<string[]> {
  await using project = await Project.create({ 'seed.jsonl': contents });
  const given = { name: 'config', data: { dev: { keyvalue } } };
  const { settings } = await resolveSettings({ cwd: project.folder, env: {}, flags: {}, given });
  const context = { now: Date.now, operationTimeout: 1000, tell: () => {} };
  const stores = new ThreadStores(settings.keyvalue, new InMemoryBackend(), context);
  const seeded = await seedBuckets(settings.keyvalue, stores);
  for (const { bucket } of seeded) {
    expect((await (await stores.open(bucket)).listKeys(undefined)).keys).toEqual(['k']);
  }
  return seeded.map(({ bucket }) => bucket).toSorted();
}

const seed = { backend: 'in_memory', seed: 'seed.jsonl' };

test('a seed that can not be read is told with the entry that names it, in words', async () => {
  const missing = { backend: 'in_memory', seed: 'nowhere.jsonl' };
  await expect(filled({ default: missing })).rejects.toThrow(
    /: dev\.keyvalue\.default\.seed: the bucket of dev\.keyvalue\.default can't be filled from \S+nowhere\.jsonl: it does not exist\.$/,
  );
  await expect(filled({ carts: missing })).rejects.toThrow(
    /: dev\.keyvalue\.carts\.seed: bucket 'carts' can't be filled from /,
  );
});

test.for([
  ['of the default store fills the bucket without a name, too', { default: seed }, ['', 'default']],
  ['of a bucket fills that bucket only', { carts: seed }, ['carts']],
  ['does not fill a bucket without a name that is elsewhere', { default: seed, '*': 'deny' }, ['default']],
  ['does not fill one that has an entry', { default: seed, '': { backend: 'in_memory' } }, ['default']],
] as const)('a seed %s', async ([, keyvalue, expected]) => {
  expect(await filled(keyvalue)).toEqual(expected);
});
