import { realpathSync } from 'node:fs';
import type { Settings } from '../composition/settings.ts';
import type { BlobSettings } from '../interfaces/blobstore/configuration/blob-settings.ts';
import { type IdentifierRule, rulesOf } from '../interfaces/keyvalue/configuration/store-rules.ts';

/** What SQLite puts beside a database. */
const besideDatabase = ['', '-wal', '-shm', '-journal'];

/** What the host itself writes and what it gives to the component: files and folders that are no sources. */
export function ownPaths({
  keyvalue,
  blobstore,
  volumes,
}: Pick<Settings, 'keyvalue' | 'blobstore' | 'volumes'>): string[] {
  const stores = [...rulesOf(keyvalue), blobstore, ...(blobstore.labels?.values() ?? [])];
  const paths = [...stores.flatMap(pathsOf), ...volumes.map(({ hostPath }) => hostPath)];
  return [...new Set(paths.flatMap((path) => [path, ...withoutLinks(path)]))];
}

function pathsOf(rule: IdentifierRule | BlobSettings): string[] {
  if (typeof rule === 'string') return [];
  if (rule.kind === 'filesystem') return [rule.path];
  return rule.kind === 'sqlite' ? besideDatabase.map((end) => rule.path + end) : [];
}

/** Where a link leads may be watched, too. */
function withoutLinks(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
}
