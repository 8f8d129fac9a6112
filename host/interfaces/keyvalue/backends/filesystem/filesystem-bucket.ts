import { lstatSync } from 'node:fs';
import type { MaybePromise } from '../../../../shared/maybe-promise.ts';
import type {
  Bucket,
  BucketSettings,
  ChangeListener,
  CounterType,
  KeyPage,
  StopWatching,
  Versioned,
} from '../backend.ts';
import { addToCounter } from '../counter.ts';
import { cursorAfter, keyOfCursor } from '../cursor.ts';
import type { BackendContext } from '../definition.ts';
import { Expiry } from '../expiry.ts';
import { pageSize } from '../limits.ts';
import { mostWatchedKeys, watchByLooks } from '../polled-watch.ts';
import { storeFailure } from '../system-errors.ts';
import type { EndFile } from './end-files.ts';
import { KeyListing } from './filesystem-listing.ts';
import { type BucketPlace, KeyFiles, type KeyPlace, type KeyState } from './key-files.ts';
import { hashOf } from './names.ts';

/** How often expired files are looked for at most, in milliseconds. */
const leastSweepInterval = 10_000;
/** How many of them are removed at a time. */
const sweepSize = 100;
/** Of how many keys a write looks whether they have ended by themselves. */
const endSweepSize = 20;
/** How often a bucket that is watched is looked at, in milliseconds. */
export const watchInterval = 500;
/** How many writes of a batch are begun at once. */
const batchSize = 64;

/** A folder of files. Reads answer at once and take no lock; writes wait for the disk. */
export class FilesystemBucket implements Bucket {
  readonly #name: string;
  readonly #expiry: Expiry;
  /** What else is in the folder is kept by others, and may live longer. */
  readonly #keyPrefix: string;
  readonly #place: BucketPlace;
  readonly #context: BackendContext;
  readonly #listing: KeyListing;
  readonly #files: KeyFiles;
  #lastSweep: number;
  /** Undefined until a key was given an end of its own here. */
  #lastEndSweep: number | undefined;
  /** What the sweep that is under way has not looked at. */
  #endsToSweep: Iterator<EndFile> | undefined;

  constructor(
    name: string,
    { ttl, keyPrefix = '' }: BucketSettings,
    place: BucketPlace,
    context: BackendContext,
  ) {
    this.#name = name;
    this.#expiry = new Expiry(ttl, () => context.now());
    this.#keyPrefix = keyPrefix;
    this.#place = place;
    this.#context = context;
    this.#listing = new KeyListing(place.folders, place.rules);
    this.#files = new KeyFiles(place, () => context.now());
    this.#lastSweep = context.now();
  }

  get(key: string): Uint8Array | undefined {
    return this.#try(() => this.#alive(this.#files.read(this.#files.locate(key)))?.value);
  }

  set(key: string, value: Uint8Array, ttl?: number): Promise<void> {
    return this.#change(key, async (place) => {
      await this.#write(place, value, this.#endIn(ttl));
    });
  }

  async delete(key: string): Promise<void> {
    await this.#change(key, (place) => this.#files.remove(place));
  }

  /** Each value is in place at once or not at all; not so the batch, of which a failure may leave a part. */
  async setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void> {
    await inBatches([...new Map(pairs)], ([key, value]) => this.set(key, value));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await inBatches([...new Set(keys)], (key) => this.delete(key));
  }

  exists(key: string): boolean {
    return this.#try(() => this.#alive(this.#files.state(this.#files.locate(key))) !== undefined);
  }

  /** Keys in byte order. The cursor is the last key of the page before. */
  listKeys(cursor: string | undefined, prefix = ''): KeyPage {
    const after = cursor === undefined ? undefined : keyOfCursor(cursor);
    return this.#try(() => this.#page(after, prefix));
  }

  written(key: string): number | undefined {
    return this.#try(() => this.#alive(this.#files.state(this.#files.locate(key)))?.written);
  }

  timesLeft(keys: readonly string[]): (number | undefined)[] {
    return this.#try(() => {
      const ends = keys.map((key) => this.#alive(this.#files.state(this.#files.locate(key)))?.end);
      const now = this.#context.now();
      return ends.map((end) => (end === undefined ? undefined : Math.max(1, Math.round(end - now))));
    });
  }

  increment(key: string, delta: bigint, type: CounterType): Promise<bigint> {
    return this.#change(key, async (place) => {
      const found = this.#alive(this.#files.read(place));
      const { count, bytes } = addToCounter(found?.value, delta, type);
      await this.#write(place, bytes, found?.end);
      return count;
    });
  }

  getVersioned(key: string): Versioned {
    return this.#try(() => {
      // Before the file: a deletion between the two then makes a swap fail, not succeed.
      const deletions = this.#files.deletions();
      const found = this.#files.read(this.#files.locate(key));
      return { value: this.#alive(found)?.value, version: this.#version(found, deletions) };
    });
  }

  setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): Promise<boolean> {
    return this.#change(key, async (place) => {
      const state = this.#files.state(place);
      if (this.#version(state, this.#files.deletions()) !== version) return false;
      await this.#write(place, value, this.#endIn(ttl) ?? this.#alive(state)?.end);
      return true;
    });
  }

  /**
   * An absent key has the version of the bucket's last deletion, so that a key that came and went meanwhile is
   * noticed; and that of its expired file, which went without being deleted.
   */
  #version(state: KeyState | undefined, deletions: string): string {
    return this.#alive(state)?.version ?? `absent ${deletions} ${state?.version ?? ''}`;
  }

  watch(told: ChangeListener): StopWatching {
    const look = (): Map<string, string> =>
      this.#try(() => {
        const keys = new Map<string, string>();
        for (const key of this.#listing.after(undefined, this.#keyPrefix)) {
          const state = this.#alive(this.#files.state(this.#files.locate(key)));
          if (state !== undefined) keys.set(key, state.version);
          if (keys.size > mostWatchedKeys) break;
        }
        this.#listing.forget();
        return keys;
      });
    return watchByLooks(look, watchInterval, told);
  }

  #endIn(ttl: number | undefined): number | undefined {
    return ttl === undefined ? undefined : this.#context.now() + ttl;
  }

  async #write(place: KeyPlace, value: Uint8Array, end: number | undefined): Promise<void> {
    if (end !== undefined) this.#lastEndSweep ??= this.#context.now();
    await this.#files.write(place, value, end);
  }

  #page(after: string | undefined, prefix: string): KeyPage {
    const keys: string[] = [];
    const mortal = this.#expiry.ttl === undefined ? this.#place.ends.keys() : everyKey;
    for (const key of this.#listing.after(after, prefix)) {
      // Only where a key may end is there more to know of a file than its name.
      if (mortal.has(key) && this.#alive(this.#files.state(this.#files.locate(key))) === undefined) continue;
      if (keys.length === pageSize) return { keys, cursor: cursorAfter(keys.at(-1) ?? '') };
      keys.push(key);
    }
    this.#listing.forget();
    return { keys, cursor: undefined };
  }

  /** Removes the files that have expired, now and then. */
  async #sweep(): Promise<void> {
    const { ttl } = this.#expiry;
    if (ttl === undefined) return;
    const now = this.#context.now();
    if (now - this.#lastSweep < Math.max(ttl, leastSweepInterval)) return;
    let removed = 0;
    for (const key of this.#listing.after(undefined, this.#keyPrefix)) {
      const place = this.#files.locate(key);
      if (!this.#hasExpired(place)) continue;
      // The rest is left to the next write, so that none of them takes long.
      if (removed === sweepSize) return;
      removed += 1;
      await this.#hold(place, () => this.#hasExpired(place) && this.#files.remove(place));
    }
    this.#lastSweep = now;
    this.#listing.forget();
  }

  /** The same for keys that have ended by themselves, and for what says so of values that are there no more: some with each write. */
  async #sweepEnds(last: number): Promise<void> {
    const now = this.#context.now();
    const { ends } = this.#place;
    if (this.#endsToSweep === undefined) {
      if (now - last < leastSweepInterval) return;
      this.#lastEndSweep = now;
      this.#endsToSweep = ends.all();
    }
    // Other writes may take some of it meanwhile, and end it.
    const sweep = this.#endsToSweep;
    for (let count = 0; count < endSweepSize; count += 1) {
      const next = sweep.next();
      if (next.done) {
        if (this.#endsToSweep === sweep) this.#endsToSweep = undefined;
        return;
      }
      await this.#sweepEnd(next.value, now);
    }
  }

  async #sweepEnd({ key, mark, end }: EndFile, now: number): Promise<void> {
    const place = this.#files.locate(key);
    const isOf = () => this.#files.state(place)?.mark === mark;
    if (end > now && isOf()) return;
    await this.#hold(place, () => {
      if (!isOf()) this.#place.ends.remove(key, mark);
      else if (this.#hasExpired(place)) this.#files.remove(place);
    });
  }

  #hasExpired(place: KeyPlace): boolean {
    const state = this.#files.state(place);
    return state !== undefined && this.#alive(state) === undefined;
  }

  #alive<T extends KeyState>(state: T | undefined): T | undefined {
    if (state === undefined || this.#expiry.isOver(state.written)) return undefined;
    return state.end === undefined || state.end > this.#context.now() ? state : undefined;
  }

  /** Whoever can make links under the root must not lead us out of it afterwards. */
  #checkFolder(): void {
    const { plain } = this.#place.folders;
    if (lstatSync(plain, { throwIfNoEntry: false })?.isSymbolicLink()) this.#place.prepare();
  }

  /**
   * The change itself is made under the key's lock; that its name is on the disk is awaited without. `false`
   * says that there was no change.
   */
  async #change<T>(key: string, act: (place: KeyPlace) => MaybePromise<T>): Promise<T> {
    try {
      await this.#sweep();
      if (this.#lastEndSweep !== undefined) await this.#sweepEnds(this.#lastEndSweep);
      const place = this.#files.locate(key);
      const result = await this.#hold(place, () => act(place));
      if (result !== false) await place.flush.flush();
      return result;
    } catch (cause) {
      throw storeFailure(cause, 'filesystem failed');
    }
  }

  #hold<T>({ key }: KeyPlace, act: () => MaybePromise<T>): Promise<T> {
    return this.#place.locks.hold(hashOf(this.#name, key), () => {
      this.#checkFolder();
      return act();
    });
  }

  #try<T>(act: () => T): T {
    try {
      this.#checkFolder();
      return act();
    } catch (cause) {
      throw storeFailure(cause, 'filesystem failed');
    }
  }
}

const everyKey = { has: () => true };

/** Not all at once: the time that a write waits for its turn counts. */
async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += batchSize) {
    await Promise.all(items.slice(at, at + batchSize).map(act));
  }
}
