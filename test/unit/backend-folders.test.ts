import { expect, test } from 'vitest';
import { type ImportOfSource, importsOfHost } from '../support/imports.ts';

const backends = 'interfaces/keyvalue/backends/';
/** What keeps blobs uses the means of what keeps keys in the same way: its connection, its file, its names. */
const backendsOfBlobs = 'interfaces/blobstore/backends/';
/** What hands a database on to components logs in and talks to it as the backend does. */
const others: Readonly<Record<string, string>> = { postgres: 'interfaces/postgres/' };
/** The threads of a host share the in-memory buckets themselves, and the suite compares with them. */
const shared = ['memory/in-memory.ts', 'memory/in-memory-bucket.ts'];

test('of the folder of a backend others import its definition, and nothing else', async () => {
  expect((await importsOfHost()).filter(reachesInto)).toEqual([]);
});

test('an import of anything else is found', () => {
  const from = 'interfaces/keyvalue/open-stores.ts';
  expect(reachesInto({ from, to: `${backends}redis/redis-bucket.ts`, isLazy: false })).toBe(true);
  expect(reachesInto({ from, to: `${backends}redis/redis.ts`, isLazy: true })).toBe(false);
});

function reachesInto({ from, to }: ImportOfSource): boolean {
  const [folder, ...rest] = to.startsWith(backends) ? to.slice(backends.length).split('/') : [];
  if (folder === undefined || rest.length === 0) return false;
  if ([backends, backendsOfBlobs].some((all) => from.startsWith(`${all}${folder}/`))) return false;
  if (from.startsWith(others[folder] ?? '\0')) return false;
  const isShared = shared.includes(`${folder}/${rest.join('/')}`);
  if (isShared && from.startsWith('interfaces/keyvalue/')) return false;
  return rest.join('/') !== `${folder}.ts`;
}
