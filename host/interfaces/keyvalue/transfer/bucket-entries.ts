import { keyPages } from '../backends/all-keys.ts';
import type { Bucket, KeyPage } from '../backends/backend.ts';
import { getMany, setMany } from '../backends/bucket-defaults.ts';
import type { Entry, EntryPart, EntryStore } from './entry-store.ts';

/** How much is read at once, as far as the values before tell. */
const partBytes = 8 * 1024 * 1024;
const firstPart = 16;
const mostKeys = 500;
/** So many keys are given an end at once. */
const mostEnds = 32;

/** The entries of a bucket that is open in this thread. */
export class BucketEntries implements EntryStore {
  readonly bucket: Bucket;
  #partKeys = firstPart;

  constructor(bucket: Bucket) {
    this.bucket = bucket;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return await this.bucket.get(key);
  }

  async set(key: string, value: Uint8Array, ttl?: number): Promise<void> {
    await this.bucket.set(key, value, ttl);
  }

  async delete(key: string): Promise<void> {
    await this.bucket.delete(key);
  }

  async list(cursor: string | undefined, prefix: string): Promise<KeyPage> {
    const page = await this.bucket.listKeys(cursor, prefix);
    return { ...page, keys: page.keys.filter((key) => key.startsWith(prefix)) };
  }

  async *read(cursor: string | undefined, prefix: string): AsyncGenerator<EntryPart> {
    for await (const { keys, cursor: resume } of keyPages((at) => this.list(at, prefix), cursor)) {
      for await (const entries of this.entriesOf(keys)) yield { entries };
      if (resume !== undefined) yield { entries: [], resume };
    }
  }

  /** The entries of keys, as many at a time as can be held. A key that is not there any more is left out. */
  async *entriesOf(keys: readonly string[]): AsyncGenerator<Entry[]> {
    for (let at = 0; at < keys.length; ) {
      const part = keys.slice(at, at + this.#partKeys);
      at += part.length;
      // First: of what is gone when the values are read nothing is left out.
      const left = (await this.bucket.timesLeft?.(part)) ?? [];
      const values = await getMany(this.bucket, part);
      const entries = part.flatMap((key, index): Entry[] => {
        const [value, ttl] = [values[index], left[index]];
        return value === undefined ? [] : [ttl === undefined ? { key, value } : { key, value, ttl }];
      });
      this.#learn(entries);
      yield entries;
    }
  }

  async write(entries: readonly Entry[]): Promise<void> {
    for (const part of parts(entries)) {
      if (part[0]?.ttl === undefined) await setMany(this.bucket, part.map(pairOf));
      // No key twice at once: the last one counts.
      else await Promise.all(part.map(({ key, value, ttl }) => this.bucket.set(key, value, ttl)));
    }
  }

  #learn(entries: readonly Entry[]): void {
    const bytes = entries.reduce((sum, { value }) => sum + value.length, 0);
    const fitting = Math.floor((partBytes * entries.length) / Math.max(1, bytes));
    this.#partKeys = Math.max(1, Math.min(mostKeys, this.#partKeys * 8, fitting));
  }
}

/** Entries that can be written together, in the order in which they have to be. */
function* parts(entries: readonly Entry[]): Generator<Entry[]> {
  let part: Entry[] = [];
  const keys = new Set<string>();
  for (const entry of entries) {
    const hasEnds = part[0]?.ttl !== undefined;
    const fits = hasEnds
      ? entry.ttl !== undefined && !keys.has(entry.key) && part.length < mostEnds
      : entry.ttl === undefined;
    if (part.length > 0 && !fits) {
      yield part;
      part = [];
      keys.clear();
    }
    part.push(entry);
    if (entry.ttl !== undefined) keys.add(entry.key);
  }
  if (part.length > 0) yield part;
}

function pairOf({ key, value }: Entry): readonly [string, Uint8Array] {
  return [key, value];
}
