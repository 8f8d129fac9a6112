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
