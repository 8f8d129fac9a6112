import type { Backend, Bucket, BucketSettings, CounterType, KeyPage, Versioned } from './backend.ts';
import { compareByBytes, startOf } from './byte-order.ts';
import { addToCounter, type CounterFormat } from './counter.ts';
import { cursorAfter, keyOfCursor } from './cursor.ts';
import type { Promises } from './definition.ts';
import { checkKey, checkValue, largestKey, largestValue, pageSize } from './limits.ts';

/** A value and when it was written, in milliseconds since 1970. */
export interface MemoryEntry {
  readonly value: Uint8Array;
  readonly written: number;
}

/** A change of a bucket; no entry is a delete. */
export type ChangeListener = (bucket: string, key: string, entry: MemoryEntry | undefined) => void;

/** The contents of all buckets, as the front keeps them while a guest thread is replaced. */
export type MemorySnapshot = ReadonlyMap<string, ReadonlyMap<string, MemoryEntry>>;

/** What an in-memory backend starts from. */
export interface InMemoryOptions {
  /** What the buckets hold at the start. Default: nothing. */
  readonly snapshot?: MemorySnapshot;
  /** Told of every change, before the call that made it answers. Default: nobody is. */
  readonly onChange?: ChangeListener;
  /**
   * Part of every version, so that a compare-and-swap never takes a version of the backend that this one
   * replaces for one of its own. Default 0.
   */
  readonly generation?: number;
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/** What keeping data in memory promises. */
export const inMemoryPromises: Promises = {
  durable: false,
  shared: false,
  atomic: true,
  expiry: 'host',
  listing: 'ordered',
  largestKey,
  largestValue,
};

/** Keeps everything in this process and answers every call at once. */
export class InMemoryBackend implements Backend {
  readonly #buckets = new Map<string, InMemoryBucket>();
  readonly #options: Required<InMemoryOptions>;

  constructor({
    snapshot = new Map(),
    onChange = () => {},
    generation = 0,
    now = Date.now,
  }: InMemoryOptions = {}) {
    this.#options = { snapshot, onChange, generation, now };
  }

  /** The settings of the first opening count. */
  open(name: string, settings: BucketSettings): InMemoryBucket {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = new InMemoryBucket(name, settings, this.#options);
      this.#buckets.set(name, bucket);
    }
    return bucket;
  }

  close(): void {
    this.#buckets.clear();
  }
}

interface VersionedEntry extends MemoryEntry {
  readonly version: number;
}

/** A bucket that answers every call at once. */
export class InMemoryBucket implements Bucket {
  readonly #name: string;
  /** In the order of their last write where keys expire, so that the expired ones come first. */
  readonly #entries = new Map<string, VersionedEntry>();
  readonly #options: Required<InMemoryOptions>;
  readonly #ttl: number | undefined;
  readonly #counters: CounterFormat;
  /** The keys in byte order; undefined after a key came or went, until the next listing. */
  #sorted: string[] | undefined;
  #lastVersion = 0;
  /** Part of the version of absent keys, so that a key that came and went meanwhile is noticed. */
  #deletions = 0;

  constructor(name: string, { ttl, counters }: BucketSettings, options: Required<InMemoryOptions>) {
    this.#name = name;
    this.#ttl = ttl;
    this.#counters = { wash: 'little-endian', fresh: counters === 'wash' ? 'little-endian' : 'ascii' };
    this.#options = options;
    for (const [key, entry] of options.snapshot.get(name) ?? []) {
      this.#entries.set(key, { ...entry, version: ++this.#lastVersion });
    }
  }

  get(key: string): Uint8Array | undefined {
    return this.#find(key)?.value;
  }

  set(key: string, value: Uint8Array): void {
    checkKey(key);
    checkValue(key, value);
    const isNew = this.#ttl === undefined ? !this.#entries.has(key) : !this.#entries.delete(key);
    if (isNew) this.#sorted = undefined;
    const entry = { value, written: this.#options.now(), version: ++this.#lastVersion };
    this.#entries.set(key, entry);
    this.#options.onChange(this.#name, key, entry);
    this.#dropExpired();
  }

  delete(key: string): void {
    if (!this.#entries.delete(key)) return;
    this.#sorted = undefined;
    this.#deletions += 1;
    this.#options.onChange(this.#name, key, undefined);
  }

  exists(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  /** Keys in byte order. The cursor is the last key of the page before. */
  listKeys(cursor: string | undefined, prefix = ''): KeyPage {
    const after = cursor === undefined ? undefined : keyOfCursor(cursor);
    this.#dropExpired();
    this.#sorted ??= [...this.#entries.keys()].sort(compareByBytes);
    const start = startOf(this.#sorted, after, prefix);
    const keys = this.#sorted.slice(start, start + pageSize).filter((key) => key.startsWith(prefix));
    const isLast = !(this.#sorted[start + keys.length]?.startsWith(prefix) ?? false);
    return { keys, cursor: isLast ? undefined : cursorAfter(keys.at(-1) ?? '') };
  }

  increment(key: string, delta: bigint, type: CounterType): bigint {
    const { count, bytes } = addToCounter(key, this.get(key), delta, type, this.#counters);
    this.set(key, bytes);
    return count;
  }

  getVersioned(key: string): Versioned {
    const entry = this.#find(key);
    const number = entry === undefined ? -this.#deletions : entry.version;
    return { value: entry?.value, version: `${this.#options.generation}.${number}` };
  }

  setIfVersion(key: string, value: Uint8Array, version: string): boolean {
    if (this.getVersioned(key).version !== version) return false;
    this.set(key, value);
    return true;
  }

  written(key: string): number | undefined {
    return this.#find(key)?.written;
  }

  getMany(keys: readonly string[]): (Uint8Array | undefined)[] {
    return keys.map((key) => this.get(key));
  }

  setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): void {
    for (const [key, value] of pairs) this.set(key, value);
  }

  deleteMany(keys: readonly string[]): void {
    for (const key of keys) this.delete(key);
  }

  /** An entry that has expired is gone for every operation. */
  #find(key: string): VersionedEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || !this.#isExpired(entry)) return entry;
    this.delete(key);
    return undefined;
  }

  #isExpired({ written }: MemoryEntry): boolean {
    return this.#ttl !== undefined && this.#options.now() - written >= this.#ttl;
  }

  #dropExpired(): void {
    if (this.#ttl === undefined) return;
    for (const [key, entry] of this.#entries) {
      if (!this.#isExpired(entry)) return;
      this.delete(key);
    }
  }
}
