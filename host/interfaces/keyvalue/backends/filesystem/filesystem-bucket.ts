import { lstatSync, rmSync } from 'node:fs';
import type { MaybePromise } from '../../../../shared/maybe-promise.ts';
import type { Bucket, BucketSettings, CounterType, KeyPage, Versioned } from '../backend.ts';
import { addToCounter } from '../counter.ts';
import { cursorAfter, keyOfCursor } from '../cursor.ts';
import type { BackendContext } from '../definition.ts';
import { Expiry } from '../expiry.ts';
import { pageSize } from '../limits.ts';
import { storeFailure } from '../system-errors.ts';
import { DeletionMark } from './deletions.ts';
import { type FileState, isAbsence, readEntry, readState, writeEntry } from './entry-file.ts';
import { KeyListing } from './filesystem-listing.ts';
import { FolderFlush } from './flush.ts';
import type { FileLocks } from './lock.ts';
import {
  type BucketFolders,
  fileOf,
  hashOf,
  type KeyFile,
  type NameRules,
  packEscaped,
  unpackEscaped,
} from './names.ts';
import type { ScratchFolder } from './scratch-folder.ts';

/** Where a bucket is, and what it shares with the others under the root. */
interface BucketPlace {
  readonly folders: BucketFolders;
  readonly rules: NameRules;
  /** For files that are being written. */
  readonly scratch: ScratchFolder;
  readonly locks: FileLocks;
  /** Makes the folders that are missing. Throws a `StoreError` when one of them is a link. */
  prepare(): void;
}

/** How often expired files are looked for at most, in milliseconds. */
const leastSweepInterval = 10_000;
/** How many of them are removed at a time. */
const sweepSize = 100;
/** How many writes of a batch are begun at once. */
const batchSize = 64;

/** A key's file. */
interface Place extends KeyFile {
  readonly key: string;
  readonly flush: FolderFlush;
}

interface Found extends FileState {
  readonly value: Uint8Array;
}

/** A folder of files. Reads answer at once and take no lock; writes wait for the disk. */
export class FilesystemBucket implements Bucket {
  readonly #name: string;
  readonly #expiry: Expiry;
  /** What else is in the folder is kept by others, and may live longer. */
  readonly #keyPrefix: string;
  readonly #place: BucketPlace;
  readonly #context: BackendContext;
  readonly #listing: KeyListing;
  readonly #deletions: DeletionMark;
  readonly #plainFlush: FolderFlush;
  readonly #escapedFlush: FolderFlush;
  #lastSweep: number;

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
    this.#deletions = new DeletionMark(place.folders.deletions);
    this.#plainFlush = new FolderFlush(place.folders.plain);
    this.#escapedFlush = new FolderFlush(place.folders.escaped);
    this.#lastSweep = context.now();
  }

  get(key: string): Uint8Array | undefined {
    return this.#try(() => this.#alive(this.#read(this.#locate(key)))?.value);
  }

  set(key: string, value: Uint8Array): Promise<void> {
    return this.#change(key, async (place) => {
      await this.#write(place, value);
    });
  }

  async delete(key: string): Promise<void> {
    await this.#change(key, (place) => this.#remove(place));
  }

  /** Each value is in place at once or not at all; not so the batch, of which a failure may leave a part. */
  async setMany(pairs: readonly (readonly [key: string, value: Uint8Array])[]): Promise<void> {
    await inBatches([...new Map(pairs)], ([key, value]) => this.set(key, value));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await inBatches([...new Set(keys)], (key) => this.delete(key));
  }

  exists(key: string): boolean {
    return this.#try(() => this.#alive(readState(this.#locate(key).path)) !== undefined);
  }

  /** Keys in byte order. The cursor is the last key of the page before. */
  listKeys(cursor: string | undefined, prefix = ''): KeyPage {
    const after = cursor === undefined ? undefined : keyOfCursor(cursor);
    return this.#try(() => this.#page(after, prefix));
  }

  written(key: string): number | undefined {
    return this.#try(() => this.#alive(readState(this.#locate(key).path))?.written);
  }

  increment(key: string, delta: bigint, type: CounterType): Promise<bigint> {
    return this.#change(key, async (place) => {
      const { count, bytes } = addToCounter(this.#alive(this.#read(place))?.value, delta, type);
      await this.#write(place, bytes);
      return count;
    });
  }

  getVersioned(key: string): Versioned {
    return this.#try(() => {
      // Before the file: a deletion between the two then makes a swap fail, not succeed.
      const deletions = this.#deletions.read();
      const found = this.#read(this.#locate(key));
      return { value: this.#alive(found)?.value, version: this.#version(found, deletions) };
    });
  }

  setIfVersion(key: string, value: Uint8Array, version: string): Promise<boolean> {
    return this.#change(key, async (place) => {
      if (this.#version(readState(place.path), this.#deletions.read()) !== version) return false;
      await this.#write(place, value);
      return true;
    });
  }

  /**
   * An absent key has the version of the bucket's last deletion, so that a key that came and went meanwhile is
   * noticed; and that of its expired file, which went without being deleted.
   */
  #version(state: FileState | undefined, deletions: string): string {
    return this.#alive(state)?.version ?? `absent ${deletions} ${state?.version ?? ''}`;
  }

  #locate(key: string): Place {
    const file = fileOf(key, this.#place.folders, this.#place.rules);
    return { key, ...file, flush: file.isPlain ? this.#plainFlush : this.#escapedFlush };
  }

  #read(place: Place): Found | undefined {
    const entry = readEntry(place.path);
    if (entry === undefined) return undefined;
    const { bytes, ...state } = entry;
    if (place.isPlain) return { ...state, value: bytes };
    const unpacked = unpackEscaped(bytes);
    return unpacked === undefined ? undefined : { ...state, value: unpacked.value };
  }

  async #write(place: Place, value: Uint8Array): Promise<void> {
    const bytes = place.isPlain ? value : packEscaped(place.key, value);
    const write = () => writeEntry(place.path, this.#place.scratch.newPath(), bytes, this.#context.now());
    try {
      await write();
    } catch (error) {
      if (!isAbsence(error)) throw error;
      // Somebody cleared the store.
      this.#place.prepare();
      await write();
    }
  }

  /** Noted first: if the process ends in between, a swap fails that could have been made. */
  #remove({ path }: Place): boolean {
    if (readState(path) === undefined) return false;
    this.#deletions.write();
    rmSync(path, { force: true });
    return true;
  }

  #page(after: string | undefined, prefix: string): KeyPage {
    const keys: string[] = [];
    for (const key of this.#listing.after(after, prefix)) {
      if (!this.#isListed(key)) continue;
      if (keys.length === pageSize) return { keys, cursor: cursorAfter(keys.at(-1) ?? '') };
      keys.push(key);
    }
    this.#listing.forget();
    return { keys, cursor: undefined };
  }

  /** Only where keys expire is there more to know of a file than its name. */
  #isListed(key: string): boolean {
    return this.#expiry.ttl === undefined || this.#alive(readState(this.#locate(key).path)) !== undefined;
  }

  /** Removes the files that have expired, now and then. */
  async #sweep(): Promise<void> {
    const { ttl } = this.#expiry;
    if (ttl === undefined) return;
    const now = this.#context.now();
    if (now - this.#lastSweep < Math.max(ttl, leastSweepInterval)) return;
    let removed = 0;
    for (const key of this.#listing.after(undefined, this.#keyPrefix)) {
      const place = this.#locate(key);
      if (!this.#hasExpired(place)) continue;
      // The rest is left to the next write, so that none of them takes long.
      if (removed === sweepSize) return;
      removed += 1;
      await this.#hold(place, () => this.#hasExpired(place) && this.#remove(place));
    }
    this.#lastSweep = now;
    this.#listing.forget();
  }

  #hasExpired({ path }: Place): boolean {
    const state = readState(path);
    return state !== undefined && this.#alive(state) === undefined;
  }

  #alive<T extends FileState>(state: T | undefined): T | undefined {
    return state === undefined || this.#expiry.isOver(state.written) ? undefined : state;
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
  async #change<T>(key: string, act: (place: Place) => MaybePromise<T>): Promise<T> {
    try {
      await this.#sweep();
      const place = this.#locate(key);
      const result = await this.#hold(place, () => act(place));
      if (result !== false) await place.flush.flush();
      return result;
    } catch (cause) {
      throw storeFailure(cause, 'filesystem failed');
    }
  }

  #hold<T>({ key }: Place, act: () => MaybePromise<T>): Promise<T> {
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

/** Not all at once: the time that a write waits for its turn counts. */
async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += batchSize) {
    await Promise.all(items.slice(at, at + batchSize).map(act));
  }
}
