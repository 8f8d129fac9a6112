import { rmSync } from 'node:fs';
import { DeletionMark } from './deletions.ts';
import type { EndFiles } from './end-files.ts';
import { type FileState, isAbsence, readEntry, readState, writeEntry } from './entry-file.ts';
import { FolderFlush } from './flush.ts';
import type { FileLocks } from './lock.ts';
import {
  type BucketFolders,
  fileOf,
  type KeyFile,
  type NameRules,
  packEscaped,
  unpackEscaped,
} from './names.ts';
import type { ScratchFolder } from './scratch-folder.ts';

/** Where a bucket is, and what it shares with the others under the root. */
export interface BucketPlace {
  readonly folders: BucketFolders;
  readonly rules: NameRules;
  /** For files that are being written. */
  readonly scratch: ScratchFolder;
  readonly locks: FileLocks;
  readonly ends: EndFiles;
  /** Makes the folders that are missing. Throws a `StoreError` when one of them is a link. */
  prepare(): void;
}

/** A key's file. */
export interface KeyPlace extends KeyFile {
  readonly key: string;
  readonly flush: FolderFlush;
}

/** What is known of a key's file. */
export interface KeyState extends FileState {
  /** The key's own end, in milliseconds since 1970. */
  readonly end?: number | undefined;
}

interface Found extends KeyState {
  readonly value: Uint8Array;
}

/** The files of the keys of a bucket. Whoever writes or removes one holds its lock. */
export class KeyFiles {
  readonly #place: BucketPlace;
  readonly #now: () => number;
  readonly #deletions: DeletionMark;
  readonly #plainFlush: FolderFlush;
  readonly #escapedFlush: FolderFlush;

  /** @param now milliseconds since 1970 */
  constructor(place: BucketPlace, now: () => number) {
    this.#place = place;
    this.#now = now;
    this.#deletions = new DeletionMark(place.folders.deletions);
    this.#plainFlush = new FolderFlush(place.folders.plain);
    this.#escapedFlush = new FolderFlush(place.folders.escaped);
  }

  /** Differs after every deletion in the bucket. */
  deletions(): string {
    return this.#deletions.read();
  }

  locate(key: string): KeyPlace {
    const file = fileOf(key, this.#place.folders, this.#place.rules);
    return { key, ...file, flush: file.isPlain ? this.#plainFlush : this.#escapedFlush };
  }

  state(place: KeyPlace): KeyState | undefined {
    return this.#withEnd(place, readState);
  }

  read(place: KeyPlace): Found | undefined {
    const entry = this.#withEnd(place, readEntry);
    if (entry === undefined) return undefined;
    const { bytes, ...state } = entry;
    if (place.isPlain) return { ...state, value: bytes };
    const unpacked = unpackEscaped(bytes);
    return unpacked === undefined ? undefined : { ...state, value: unpacked.value };
  }

  /** @param end that of the key from now on, if it is to have one of its own, in milliseconds since 1970 */
  async write(place: KeyPlace, value: Uint8Array, end: number | undefined): Promise<void> {
    const { key, path } = place;
    const { ends, scratch } = this.#place;
    const bytes = place.isPlain ? value : packEscaped(key, value);
    const before = end === undefined ? undefined : readState(path)?.mark;
    const accept = async (mark: string): Promise<boolean> => {
      if (mark === before || ends.has(key, mark)) return false;
      if (end !== undefined) await ends.write({ key, mark, end }, scratch.newPath());
      return true;
    };
    const time = { now: this.#now(), hasEnd: end !== undefined };
    const write = () => writeEntry(path, scratch.newPath(), bytes, time, accept);
    try {
      await write();
    } catch (error) {
      if (!isAbsence(error)) throw error;
      // Somebody cleared the store.
      this.#place.prepare();
      await write();
    }
    if (before !== undefined) ends.remove(key, before);
  }

  /** Noted first: if the process ends in between, a swap fails that could have been made. */
  remove({ key, path }: KeyPlace): boolean {
    const state = readState(path);
    if (state === undefined) return false;
    this.#deletions.write();
    rmSync(path, { force: true });
    if (state.mark !== undefined) this.#place.ends.remove(key, state.mark);
    return true;
  }

  #withEnd<T extends FileState>(
    { key, path }: KeyPlace,
    read: (path: string) => T | undefined,
  ): (T & KeyState) | undefined {
    for (;;) {
      const state: (T & KeyState) | undefined = read(path);
      if (state?.mark === undefined) return state;
      const end = this.#place.ends.read(key, state.mark);
      // One that was replaced meanwhile may have had an end, which went with it.
      if (end !== undefined || readState(path)?.version === state.version) return { ...state, end };
    }
  }
}
