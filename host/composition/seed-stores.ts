import type { BlobBackend } from '../interfaces/blobstore/backends/backend.ts';
import type { BlobSettings } from '../interfaces/blobstore/configuration/blob-settings.ts';
import type { Backend } from '../interfaces/keyvalue/backends/backend.ts';
import { OPERATION_TIMEOUT } from '../interfaces/keyvalue/backends/definition.ts';
import type { KeyvalueSettings } from '../interfaces/keyvalue/configuration/store-rules.ts';
import { ThreadStores } from '../interfaces/keyvalue/open-stores.ts';
import { seedBuckets } from '../interfaces/keyvalue/transfer/seed.ts';

/** Fills the buckets that have a seed and are empty, and closes their stores again. @param memory the in-memory buckets of the host */
export async function seedStores(keyvalue: KeyvalueSettings, memory: Backend): Promise<void> {
  const rules = [...keyvalue.named.values(), keyvalue.default, keyvalue.others];
  if (rules.every((rule) => typeof rule === 'string' || rule.seed === undefined)) return;
  // That a store is away, the guest's own connection tells.
  const context = { now: Date.now, operationTimeout: OPERATION_TIMEOUT, tell: () => {} };
  const stores = new ThreadStores(keyvalue, memory, context);
  try {
    await seedBuckets(keyvalue, stores);
  } finally {
    await stores.close();
  }
}

/** Fills the store of blobs if it has a seed and is empty, and closes it again. @param memory the blobs in memory of the host */
export async function seedBlobStore(settings: BlobSettings, memory: BlobBackend): Promise<void> {
  if (settings.seed === undefined) return;
  const { blobTimeout, ThreadBlobs } = await import('../interfaces/blobstore/thread-blobs.ts');
  const { seedBlobs } = await import('../interfaces/blobstore/seed.ts');
  const context = { now: Date.now, operationTimeout: blobTimeout, tell: () => {} };
  const blobs = new ThreadBlobs(settings, memory, context);
  try {
    await seedBlobs(settings.seed, await blobs.store());
  } finally {
    await blobs.close();
  }
}
