import { expect, test } from 'vitest';
import { InMemoryBackend } from '../../host/backends/in-memory.ts';
import { resolveSettings } from '../../host/config/resolve-settings.ts';
import { seedBuckets } from '../../host/entries/seed.ts';
import { ThreadStores } from '../../host/guest/stores.ts';
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

test.for([
  ['of the default store fills the bucket without a name, too', { default: seed }, ['', 'default']],
  ['of a bucket fills that bucket only', { carts: seed }, ['carts']],
  ['does not fill a bucket without a name that is elsewhere', { default: seed, '*': 'deny' }, ['default']],
  ['does not fill one that has an entry', { default: seed, '': { backend: 'in_memory' } }, ['default']],
] as const)('a seed %s', async ([, keyvalue, expected]) => {
  expect(await filled(keyvalue)).toEqual(expected);
});
