import type { Bucket, BucketSettings, CounterType, KeyPage, Versioned } from '../backend.ts';
import { compareByBytes, startOf } from '../byte-order.ts';
import { addToCounter, type CounterFormat } from '../counter.ts';
import { cursorAfter, keyOfCursor } from '../cursor.ts';
import { Expiry } from '../expiry.ts';
import { pageSize } from '../limits.ts';
import { KeyEnds } from './key-ends.ts';
import { type MemoryEntry, PackedEntries } from './packed-entries.ts';
import type { PackedValues } from './packed-values.ts';

export type { MemoryEntry } from './packed-entries.ts';

/** A change of a bucket. */
export interface MemoryChange {
  readonly bucket: string;
  readonly key: string;
  /** Absent: the key was deleted. */
  readonly entry: MemoryEntry | undefined;
  /** The keys of the bucket expire, and are in the order of their last write. */
  readonly expires: boolean;
}

/** What the buckets of a backend share. */
export interface BucketContext {
  readonly onChange: (change: MemoryChange) => void;
  /** Part of every version. */
  generation: number | string;
  readonly now: () => number;
  readonly values: PackedValues;
  /** Another bucket of the same backend. */
  readonly another: () => InMemoryBucket | undefined;
}

const washCounters: CounterFormat = { wash: 'little-endian', fresh: 'little-endian' };
const asciiCounters: CounterFormat = { wash: 'little-endian', fresh: 'ascii' };

/** A bucket that answers every call at once. */
export class InMemoryBucket implements Bucket {
  readonly #name: string;
  /** In the order of their last write where keys expire, so that the expired ones come first. */
  readonly #entries: PackedEntries;
  readonly #context: BucketContext;
  #settings: BucketSettings | undefined;
  #expiry: Expiry;
  /** Undefined until a key has an end of its own. */
  #ends: KeyEnds | undefined;
  /** The keys in byte order; undefined after a key came or went, until the next listing. */
  #sorted: string[] | undefined;
  /** Whether the entries are in the order of their last write; what was told from elsewhere may not be. */
  #isOrdered = true;
  #newest = 0;
  #lastVersion: number;
  /** Part of the version of absent keys, so that a key that came and went meanwhile is noticed. */
  #deletions: number;
  #isForgotten = false;

  /** @param last the highest number of a version that a bucket of this name may have given out before */
  constructor(name: string, context: BucketContext, last: number) {
    this.#name = name;
    this.#context = context;
    this.#entries = new PackedEntries(context.values);
    this.#expiry = new Expiry(undefined, context.now);
    this.#lastVersion = last;
    this.#deletions = last;
  }

  /** It was empty, and another one has its name from now on. */
  get isForgotten(): boolean {
    return this.#isForgotten;
  }

  /** Answers the highest number of its versions if there is nothing in it; it must not be used then. */
  forgetIfEmpty(): number | undefined {
    if (this.#entries.size > 0) return undefined;
    this.#isForgotten = true;
    return Math.max(this.#lastVersion, this.#deletions);
  }

  /** The first settings count. */
  configure(settings: BucketSettings): void {
    if (this.#settings !== undefined) return;
    this.#settings = settings;
    this.#expiry = new Expiry(settings.ttl, this.#context.now);
  }

  /** See `InMemoryBackend.apply`. */
  apply(key: string, entry: MemoryEntry | undefined, expires: boolean): void {
    if (entry === undefined) {
      if (!this.#entries.delete(key)) return;
      this.#ends?.delete(key);
      this.#deletions += 1;
      this.#sorted = undefined;
      return;
    }
    const isNew = expires ? !this.#entries.delete(key) : !this.#entries.has(key);
    if (isNew) this.#sorted = undefined;
    const { value, written, end } = entry;
    if (written < this.#newest) this.#isOrdered = false;
    else this.#newest = written;
    this.#entries.set(key, value, written, ++this.#lastVersion);
    this.#setEnd(key, end);
  }

  /** Those that are there now; a key that is written while they are gone through may come again. */
  *entries(): Generator<readonly [key: string, entry: MemoryEntry]> {
    let left = this.#entries.size;
    for (const [key, number] of this.#entries) {
      if (left === 0) return;
      left -= 1;
      const value = this.#entries.value(number);
      yield [key, { value, written: this.#entries.written(number), end: this.#ends?.get(key) }];
    }
  }

  get(key: string): Uint8Array | undefined {
    const number = this.#find(key);
    return number === undefined ? undefined : this.#entries.value(number);
  }

  set(key: string, value: Uint8Array, ttl?: number): void {
    this.#write(key, value, this.#endIn(ttl));
  }

  #write(key: string, value: Uint8Array, end: number | undefined): void {
    if (this.#isForgotten) throw new Error(`bucket '${this.#name}' was forgotten; open it again`);
    const isNew = this.#expiry.ttl === undefined ? !this.#entries.has(key) : !this.#entries.delete(key);
    if (isNew) this.#sorted = undefined;
    const written = this.#context.now();
    this.#entries.set(key, value, written, ++this.#lastVersion);
    this.#setEnd(key, end);
    this.#told(key, end === undefined ? { value, written } : { value, written, end });
    if (!this.#isMortal) return;
    this.dropExpired();
    // Nobody may come back to the others. Two, as each write may have made one more.
    this.#context.another()?.dropExpired();
    this.#context.another()?.dropExpired();
  }

  delete(key: string): void {
    if (!this.#entries.delete(key)) return;
    this.#ends?.delete(key);
    this.#sorted = undefined;
    this.#deletions += 1;
    this.#told(key, undefined);
  }

  exists(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  /** Keys in byte order. The cursor is the last key of the page before. */
  listKeys(cursor: string | undefined, prefix = ''): KeyPage {
    const after = cursor === undefined ? undefined : keyOfCursor(cursor);
    this.dropExpired();
    this.#sorted ??= [...this.#entries.keys()].sort(compareByBytes);
    const start = startOf(this.#sorted, after, prefix);
    const keys = this.#sorted.slice(start, start + pageSize).filter((key) => key.startsWith(prefix));
    const isLast = !(this.#sorted[start + keys.length]?.startsWith(prefix) ?? false);
    return { keys, cursor: isLast ? undefined : cursorAfter(keys.at(-1) ?? '') };
  }

  increment(key: string, delta: bigint, type: CounterType): bigint {
    const { count, bytes } = addToCounter(this.get(key), delta, type, this.#counters());
    this.#write(key, bytes, this.#ends?.get(key));
    return count;
  }

  getVersioned(key: string): Versioned {
    const number = this.#find(key);
    const { generation } = this.#context;
    if (number === undefined) return { value: undefined, version: `${generation}.${-this.#deletions}` };
    return { value: this.#entries.value(number), version: `${generation}.${this.#entries.version(number)}` };
  }

  setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): boolean {
    if (this.getVersioned(key).version !== version) return false;
    this.#write(key, value, this.#endIn(ttl) ?? this.#ends?.get(key));
    return true;
  }

  written(key: string): number | undefined {
    const number = this.#find(key);
    return number === undefined ? undefined : this.#entries.written(number);
  }

  timesLeft(keys: readonly string[]): (number | undefined)[] {
    const now = this.#context.now();
    return keys.map((key) => {
      const end = this.#find(key) === undefined ? undefined : this.#ends?.get(key);
      return end === undefined ? undefined : Math.max(1, Math.round(end - now));
    });
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

  #told(key: string, entry: MemoryEntry | undefined): void {
    this.#context.onChange({ bucket: this.#name, key, entry, expires: this.#expiry.ttl !== undefined });
  }

  #counters(): CounterFormat {
    return this.#settings?.counters === 'wash' ? washCounters : asciiCounters;
  }

  /** Whether keys may end by themselves. */
  get #isMortal(): boolean {
    return this.#expiry.ttl !== undefined || this.#ends !== undefined;
  }

  #endIn(ttl: number | undefined): number | undefined {
    return ttl === undefined ? undefined : this.#context.now() + ttl;
  }

  #setEnd(key: string, end: number | undefined): void {
    if (end === undefined) {
      this.#ends?.delete(key);
      return;
    }
    this.#ends ??= new KeyEnds();
    this.#ends.set(key, end);
  }

  /** An entry that has expired is gone for every operation. */
  #find(key: string): number | undefined {
    const number = this.#entries.find(key);
    if (number === undefined || !this.#isMortal) return number;
    const end = this.#ends?.get(key);
    const isOver = this.#expiry.isOver(this.#entries.written(number));
    if (!isOver && (end === undefined || end > this.#context.now())) return number;
    this.delete(key);
    return undefined;
  }

  /** Those that nobody asks for go, too. */
  dropExpired(): void {
    this.#dropEnded();
    if (this.#expiry.ttl === undefined) return;
    if (!this.#isOrdered) this.#order();
    for (const [key, number] of this.#entries) {
      if (!this.#expiry.isOver(this.#entries.written(number))) return;
      this.delete(key);
    }
  }

  #dropEnded(): void {
    if (this.#ends === undefined) return;
    const now = this.#context.now();
    for (let key = this.#ends.endedBy(now); key !== undefined; key = this.#ends.endedBy(now))
      this.delete(key);
  }

  #order(): void {
    const written = (number: number): number => this.#entries.written(number);
    const entries = [...this.#entries].sort(([, a], [, b]) => written(a) - written(b));
    this.#entries.order(entries.map(([key]) => key));
    this.#isOrdered = true;
  }
}
