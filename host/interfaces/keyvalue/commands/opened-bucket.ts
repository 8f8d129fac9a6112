import type { DevNote } from '../../../inspector/client/dev-note.ts';
import { HostError } from '../../../shared/host-error.ts';
import { StoreError } from '../backends/backend.ts';
import { OPERATION_TIMEOUT } from '../backends/definition.ts';
import { formatRule, type KeyvalueSettings, ruleFor } from '../configuration/store-rules.ts';
import { definitionOf } from '../connect-backend.ts';
import { ThreadStores } from '../open-stores.ts';
import { storedIdentifiers } from '../stored-identifiers.ts';
import { BucketEntries } from '../transfer/bucket-entries.ts';
import type { EntryStore } from '../transfer/entry-store.ts';
import { RemoteEntries } from './remote-entries.ts';

/** A bucket that a command has opened. */
export interface OpenedBucket extends AsyncDisposable {
  readonly store: EntryStore;
  /** For people, and the same whenever it is the same data: `bucket 'a' in sqlite /home/me/kv.db`. */
  readonly name: string;
  /** Whether a listing can go on at its cursor after anything: the keys have an order. */
  readonly isOrdered: boolean;
}

/** Opens a bucket of a running `kvasi dev`. */
export async function openRemote(host: DevNote, bucket: string): Promise<OpenedBucket> {
  const store = new RemoteEntries(host, bucket);
  const { served, place = served, backend, capabilities } = await store.describe();
  // In-memory data ends with the host that has it.
  const owner = backend === 'in_memory' ? ` of kvasi dev (pid ${host.pid})` : '';
  return {
    store,
    name: `bucket '${bucket}' in ${place}${owner}`,
    isOrdered: capabilities?.listing === 'ordered',
    async [Symbol.asyncDispose]() {},
  };
}

/** Opens a bucket as the configuration says. Throws a `HostError` for one that only a running host has. */
export async function openHere(
  keyvalue: KeyvalueSettings,
  bucket: string,
  directory: string,
  warn: (text: string) => void,
): Promise<OpenedBucket> {
  const rule = ruleFor(keyvalue, bucket);
  if (typeof rule === 'object' && rule.kind === 'in_memory') {
    throw new HostError(
      'backend',
      `bucket '${bucket}' is kept in the memory of kvasi dev, and none runs in ${directory} (or it runs with --no-inspector). Start it there, or name a store with --backend.`,
    );
  }
  const stores = storesHere(keyvalue, warn);
  try {
    const store = new BucketEntries(await stores.open(bucket));
    return {
      store,
      name: `bucket '${bucket}' in ${formatRule(rule)}`,
      isOrdered: typeof rule === 'object' && (await definitionOf(rule)).capabilities.listing === 'ordered',
      [Symbol.asyncDispose]: () => stores.close(),
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** The buckets that there are in a running `kvasi dev`, and in its stores. */
export async function bucketsOfHost(host: DevNote): Promise<readonly string[]> {
  return await new RemoteEntries(host, '').buckets();
}

/** The buckets in the stores of a configuration; none of those in memory. */
export async function bucketsHere(
  keyvalue: KeyvalueSettings,
  warn: (text: string) => void,
): Promise<readonly string[]> {
  const stores = storesHere(keyvalue, warn);
  try {
    return await storedIdentifiers(keyvalue, stores);
  } finally {
    await stores.close();
  }
}

function storesHere(keyvalue: KeyvalueSettings, tell: (text: string) => void): ThreadStores {
  const memory = {
    open: () => Promise.reject(new StoreError('other', 'not in memory')),
    buckets: () => [],
    close() {},
  };
  return new ThreadStores(keyvalue, memory, { now: Date.now, operationTimeout: OPERATION_TIMEOUT, tell });
}
