import type { Backend, BucketSettings } from '../backend.ts';
import { type BucketContext, InMemoryBucket, type MemoryChange } from './in-memory-bucket.ts';
import type { MemoryEntry } from './packed-entries.ts';
import { PackedValues } from './packed-values.ts';

/** How an in-memory backend is made. */
interface InMemoryOptions {
  /** Told of every change, before the call that made it answers. Default: nobody is. */
  readonly onChange?: (change: MemoryChange) => void;
  /**
   * Part of every version, so that a compare-and-swap never takes a version of the backend that this one
   * replaces for one of its own. Default 0.
   */
  readonly generation?: number | string;
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/** So many buckets are kept before empty ones are forgotten: whoever asks may think of another name each time. */
const manyBuckets = 1000;

/** Keeps everything in this process and answers every call at once. */
export class InMemoryBackend implements Backend {
  readonly #buckets = new Map<string, InMemoryBucket>();
  readonly #context: BucketContext;
  /** With so many buckets the empty ones are looked for again. */
  #many = manyBuckets;
  /** The highest number that a forgotten bucket has given to a version. */
  #lastForgotten = 0;
  /** Those that `#another` comes to next. No iterator: one that stands still keeps all that the map has had since. */
  #round: string[] = [];

  constructor({ onChange = () => {}, generation = 0, now = Date.now }: InMemoryOptions = {}) {
    const values = new PackedValues();
    this.#context = { onChange, generation, now, values, another: () => this.#another() };
  }

  /** How many buckets there are, with empty ones that were not forgotten yet. */
  get size(): number {
    return this.#buckets.size;
  }

  /** The settings of the first opening count. A bucket that `isForgotten` later has to be opened again. */
  open(name: string, settings: BucketSettings): InMemoryBucket {
    const bucket = this.#bucket(name);
    bucket.configure(settings);
    return bucket;
  }

  /** Versions that were given out before are none of this backend's from now on. */
  set generation(generation: number | string) {
    this.#context.generation = generation;
  }

  /** Follows a change that was made elsewhere; nobody is told. */
  apply({ bucket, key, entry, expires }: MemoryChange): void {
    this.#bucket(bucket).apply(key, entry, expires);
  }

  /** Everything that there is, bucket by bucket; what changes meanwhile may be in it or not. */
  *contents(): Generator<readonly [bucket: string, key: string, entry: MemoryEntry]> {
    for (const [name, bucket] of this.#buckets) {
      for (const [key, entry] of bucket.entries()) yield [name, key, entry];
    }
  }

  buckets(start: string): string[] {
    return [...this.#buckets.keys()].filter((name) => name.startsWith(start));
  }

  #bucket(name: string): InMemoryBucket {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#many) this.#forgetEmpty();
      bucket = new InMemoryBucket(name, this.#context, this.#lastForgotten);
      this.#buckets.set(name, bucket);
    }
    return bucket;
  }

  #forgetEmpty(): void {
    for (const [name, bucket] of this.#buckets) {
      const last = bucket.forgetIfEmpty();
      if (last === undefined) continue;
      this.#buckets.delete(name);
      this.#lastForgotten = Math.max(this.#lastForgotten, last);
    }
    this.#many = Math.max(manyBuckets, 2 * this.#buckets.size);
  }

  /** One bucket after the other, and again from the start. */
  #another(): InMemoryBucket | undefined {
    if (this.#round.length === 0) this.#round = [...this.#buckets.keys()];
    return this.#buckets.get(this.#round.pop() ?? '');
  }

  close(): void {
    this.#buckets.clear();
  }
}
