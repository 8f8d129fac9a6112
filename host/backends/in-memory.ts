import {
  type Backend,
  type Bucket,
  type CounterType,
  type KeyPage,
  StoreError,
  type Versioned,
} from './backend.ts';
import { compareByBytes } from './byte-order.ts';
import { addToCounter, encodeCounter } from './counter.ts';
import { checkKey, checkValue, pageSize } from './limits.ts';

/** A change to an in-memory bucket: a new value, or `undefined` for a delete. */
export type ChangeListener = (bucket: string, key: string, value: Uint8Array | undefined) => void;

/** The contents of all buckets, as the front keeps them while a guest thread is replaced. */
export type MemorySnapshot = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;

interface Entry {
  value: Uint8Array;
  version: number;
}

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
}

/** Keeps everything in this process and answers every call at once. */
export class InMemoryBackend implements Backend {
  readonly name = 'in_memory';
  readonly #buckets = new Map<string, InMemoryBucket>();
  readonly #onChange: ChangeListener;
  readonly #generation: number;

  constructor({ snapshot = new Map(), onChange = () => {}, generation = 0 }: InMemoryOptions = {}) {
    this.#onChange = onChange;
    this.#generation = generation;
    for (const [name, contents] of snapshot) {
      this.#buckets.set(name, new InMemoryBucket(name, onChange, generation, contents));
    }
  }

  open(name: string): InMemoryBucket {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = new InMemoryBucket(name, this.#onChange, this.#generation, new Map());
      this.#buckets.set(name, bucket);
    }
    return bucket;
  }

  close(): void {
    this.#buckets.clear();
  }
}

/** A bucket that answers every call at once. */
export class InMemoryBucket implements Bucket {
  readonly #name: string;
  readonly #entries = new Map<string, Entry>();
  readonly #onChange: ChangeListener;
  readonly #generation: number;
  /** The keys in byte order; undefined after a key came or went, until the next listing. */
  #sorted: string[] | undefined;
  #lastVersion = 0;
  /** Part of the version of absent keys, so that a key that came and went meanwhile is noticed. */
  #deletions = 0;

  constructor(
    name: string,
    onChange: ChangeListener,
    generation: number,
    contents: ReadonlyMap<string, Uint8Array>,
  ) {
    this.#name = name;
    this.#onChange = onChange;
    this.#generation = generation;
    for (const [key, value] of contents) this.#entries.set(key, { value, version: ++this.#lastVersion });
  }

  get(key: string): Uint8Array | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: Uint8Array): void {
    checkKey(key);
    checkValue(key, value);
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { value, version: ++this.#lastVersion });
      this.#sorted = undefined;
    } else {
      entry.value = value;
      entry.version = ++this.#lastVersion;
    }
    this.#onChange(this.#name, key, value);
  }

  delete(key: string): void {
    if (!this.#entries.delete(key)) return;
    this.#sorted = undefined;
    this.#deletions += 1;
    this.#onChange(this.#name, key, undefined);
  }

  exists(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Keys in byte order. The cursor is the last key of the page before, marked so that it is never empty. */
  listKeys(cursor: string | undefined): KeyPage {
    if (cursor !== undefined && !cursor.startsWith('>')) {
      throw new StoreError(
        'other',
        `list-keys: cursor '${cursor.slice(0, 40)}' is not one that this store gave out`,
      );
    }
    this.#sorted ??= [...this.#entries.keys()].sort(compareByBytes);
    const start = cursor === undefined ? 0 : indexAfter(this.#sorted, cursor.slice(1));
    const keys = this.#sorted.slice(start, start + pageSize);
    const isLast = start + keys.length >= this.#sorted.length;
    return { keys, cursor: isLast ? undefined : `>${keys.at(-1)}` };
  }

  increment(key: string, delta: bigint, type: CounterType): bigint {
    const sum = addToCounter(key, this.get(key), delta, type);
    this.set(key, encodeCounter(sum));
    return sum;
  }

  getVersioned(key: string): Versioned {
    const entry = this.#entries.get(key);
    if (entry === undefined) return { value: undefined, version: `${this.#generation}.-${this.#deletions}` };
    return { value: entry.value, version: `${this.#generation}.${entry.version}` };
  }

  setIfVersion(key: string, value: Uint8Array, version: string): boolean {
    if (this.getVersioned(key).version !== version) return false;
    this.set(key, value);
    return true;
  }
}

/** The index of the first key behind `key`, which itself need not be there any more. */
function indexAfter(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareByBytes(sorted[middle] ?? '', key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
