import type { KeyPage } from '../backends/backend.ts';

/** A key, its value and what is left of a time to live of its own. */
export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  /** Milliseconds, where the key has one. */
  readonly ttl?: number | undefined;
}

/** Some entries of a bucket, in the order in which it lists its keys. */
export interface EntryPart {
  readonly entries: readonly Entry[];
  /** At the end of a page that others follow: the cursor to go on with after a break. */
  readonly resume?: string | undefined;
}

/** A bucket as people use it, whether it is opened here or by a running host. */
export interface EntryStore {
  get(key: string): Promise<Uint8Array | undefined>;
  /** @param ttl the key's own, in milliseconds. Default: it has none */
  set(key: string, value: Uint8Array, ttl?: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Only keys that begin with `prefix`; a page may be empty although others follow. */
  list(cursor: string | undefined, prefix: string): Promise<KeyPage>;
  read(cursor: string | undefined, prefix: string): AsyncIterable<EntryPart>;
  write(entries: readonly Entry[]): Promise<void>;
}

/** How much is written at once. */
const batchEntries = 500;
const batchBytes = 4 * 1024 * 1024;

/** Gathers entries for `EntryStore.write`. */
export async function* inBatches(entries: AsyncIterable<Entry> | Iterable<Entry>): AsyncGenerator<Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  for await (const entry of entries) {
    batch.push(entry);
    bytes += entry.key.length + entry.value.length;
    if (batch.length < batchEntries && bytes < batchBytes) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
