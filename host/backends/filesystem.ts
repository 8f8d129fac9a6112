import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { reasonOf } from '../host-error.ts';
import {
  type Backend,
  type Bucket,
  type BucketSettings,
  type CounterType,
  type KeyPage,
  StoreError,
  type Versioned,
} from './backend.ts';
import { compareByBytes } from './byte-order.ts';
import { addToCounter } from './counter.ts';
import { type BackendContext, defineBackend } from './definition.ts';
import { type FileEntry, type FileState, readEntry, readState, writeEntry } from './filesystem-entry.ts';
import { FileLocks } from './filesystem-lock.ts';
import {
  type BucketFolders,
  bucketFolders,
  hashOf,
  isPlain,
  ownFolder,
  packEscaped,
  platformNames,
  unpackEscaped,
} from './filesystem-names.ts';
import { checkKey, checkValue, largestKey, largestValue, pageSize } from './limits.ts';

/** One file a value, `<root>/<bucket>/<key>`, where wash has it too; other names under `<root>/.kvasi`. */
export const filesystem = defineBackend({
  name: 'filesystem',
  options: v.strictObject({ path: v.string() }),
  promises: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'host',
    listing: 'ordered',
    largestKey,
    largestValue,
  },
  connect: ({ path }, context) => new FilesystemBackend(path, context),
});

class FilesystemBackend implements Backend {
  readonly #root: string;
  readonly #context: BackendContext;
  readonly #locks: FileLocks;

  constructor(root: string, context: BackendContext) {
    this.#root = root;
    this.#context = context;
    this.#locks = new FileLocks(join(root, ownFolder, 'locks'), context.operationTimeout);
  }

  open(name: string, settings: BucketSettings): Bucket {
    const folders = bucketFolders(this.#root, name, platformNames());
    const temporary = join(this.#root, ownFolder, 'temporary');
    try {
      for (const folder of [folders.plain, folders.escaped, join(folders.deletions, '..'), temporary]) {
        mkdirSync(folder, { recursive: true });
      }
      if (lstatSync(folders.plain).isSymbolicLink()) {
        throw new StoreError(
          'access-denied',
          `filesystem: ${folders.plain} is a symbolic link; links are not followed`,
        );
      }
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      const reason = `filesystem: bucket '${name}' can't be opened under ${this.#root}: ${reasonOf(cause)}`;
      throw new StoreError('other', reason, { cause });
    }
    return new FilesystemBucket(name, settings, folders, temporary, this.#locks, this.#context);
  }

  close(): void {
    this.#locks.close();
  }
}

class FilesystemBucket implements Bucket {
  readonly #name: string;
  readonly #prefix: string;
  readonly #ttl: number | undefined;
  readonly #folders: BucketFolders;
  readonly #temporary: string;
  readonly #locks: FileLocks;
  readonly #context: BackendContext;

  constructor(
    name: string,
    { prefix, ttl }: BucketSettings,
    folders: BucketFolders,
    temporary: string,
    locks: FileLocks,
    context: BackendContext,
  ) {
    this.#name = name;
    this.#prefix = prefix ?? '';
    this.#ttl = ttl;
    this.#folders = folders;
    this.#temporary = temporary;
    this.#locks = locks;
    this.#context = context;
  }

  get(key: string): Uint8Array | undefined {
    return this.#try('get', key, () => this.#read(key)?.bytes);
  }

  set(key: string, value: Uint8Array): void {
    this.#check(key, value);
    this.#locked('set', key, () => this.#write(key, value));
  }

  delete(key: string): void {
    this.#locked('delete', key, () => {
      const path = this.#path(key);
      if (readState(path) === undefined) return;
      rmSync(path);
      this.#noteDeletion();
    });
  }

  exists(key: string): boolean {
    return this.#try('exists', key, () => this.#alive(readState(this.#path(key))) !== undefined);
  }

  /** Keys in byte order. The cursor is the last key of the page before, marked so that it is never empty. */
  listKeys(cursor: string | undefined): KeyPage {
    if (cursor !== undefined && !cursor.startsWith('>')) {
      throw new StoreError(
        'other',
        `list-keys: cursor '${cursor.slice(0, 40)}' is not one that this store gave out`,
      );
    }
    const after = cursor?.slice(1);
    return this.#try('list-keys', undefined, () => {
      const keys = this.#keys()
        .filter((key) => after === undefined || compareByBytes(key, after) > 0)
        .sort(compareByBytes);
      const page = keys.slice(0, pageSize);
      return { keys: page, cursor: keys.length > pageSize ? `>${page.at(-1)}` : undefined };
    });
  }

  increment(key: string, delta: bigint, type: CounterType): bigint {
    checkKey(this.#prefix + key);
    return this.#locked('increment', key, () => {
      const { count, bytes } = addToCounter(key, this.#read(key)?.bytes, delta, type);
      this.#write(key, bytes);
      return count;
    });
  }

  getVersioned(key: string): Versioned {
    return this.#locked('reading the version', key, () => {
      const entry = this.#read(key);
      return { value: entry?.bytes, version: entry?.version ?? this.#absentVersion() };
    });
  }

  setIfVersion(key: string, value: Uint8Array, version: string): boolean {
    this.#check(key, value);
    return this.#locked('swap', key, () => {
      const now = this.#alive(readState(this.#path(key)))?.version ?? this.#absentVersion();
      if (now !== version) return false;
      this.#write(key, value);
      return true;
    });
  }

  #read(key: string): FileEntry | undefined {
    const entry = this.#alive(readEntry(this.#path(key)));
    if (entry === undefined || this.#isPlain(key)) return entry;
    const unpacked = unpackEscaped(entry.bytes);
    return unpacked === undefined ? undefined : { ...entry, bytes: unpacked.value };
  }

  /** The modification time is that of the write, and later than the one before, so that versions differ. */
  #write(key: string, value: Uint8Array): void {
    const path = this.#path(key);
    const before = readState(path)?.written ?? 0;
    const written = Math.max(preciseTime(this.#context.now()), before + 0.002);
    const bytes = this.#isPlain(key) ? value : packEscaped(this.#prefix + key, value);
    writeEntry(path, join(this.#temporary, randomUUID()), bytes, written);
  }

  #keys(): string[] {
    const plain = namesOfFiles(this.#folders.plain).filter((name) =>
      this.#isAlive(join(this.#folders.plain, name)),
    );
    const escaped = namesOfFiles(this.#folders.escaped).flatMap((name) => {
      const entry = this.#alive(readEntry(join(this.#folders.escaped, name)));
      const key = entry === undefined ? undefined : unpackEscaped(entry.bytes)?.key;
      return key === undefined ? [] : [key];
    });
    return [...plain, ...escaped]
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => key.slice(this.#prefix.length));
  }

  /** Only where keys expire is there more to know of a file than its name. */
  #isAlive(path: string): boolean {
    return this.#ttl === undefined || this.#alive(readState(path)) !== undefined;
  }

  #alive<T extends FileState>(state: T | undefined): T | undefined {
    if (state === undefined || this.#ttl === undefined) return state;
    return this.#context.now() - state.written < this.#ttl ? state : undefined;
  }

  /** Changes with every deletion in the bucket, so that a key that came and went meanwhile is noticed. */
  #absentVersion(): string {
    return `absent ${statSync(this.#folders.deletions, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0}`;
  }

  #noteDeletion(): void {
    const now = preciseTime(Date.now()) / 1000;
    writeFileSync(this.#folders.deletions, '');
    utimesSync(this.#folders.deletions, now, now);
  }

  #isPlain(key: string): boolean {
    return isPlain(this.#prefix + key, platformNames());
  }

  #path(key: string): string {
    const stored = this.#prefix + key;
    return this.#isPlain(key)
      ? join(this.#folders.plain, stored)
      : join(this.#folders.escaped, hashOf(stored));
  }

  #check(key: string, value: Uint8Array): void {
    checkKey(this.#prefix + key);
    checkValue(key, value);
  }

  #locked<T>(op: string, key: string, act: () => T): T {
    return this.#try(op, key, () => this.#locks.hold(hashOf(this.#name, this.#prefix + key), act));
  }

  #try<T>(op: string, key: string | undefined, act: () => T): T {
    try {
      return act();
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      const what = `${op} in bucket '${this.#name}'${key === undefined ? '' : ` of key '${key.slice(0, 80)}'`}`;
      throw new StoreError('other', `filesystem: ${what} failed: ${reasonOf(cause)}`, { cause });
    }
  }
}

/** Files, no folders and no links. */
function namesOfFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => (item.isFile() ? [item.name] : []));
}

/** Milliseconds with a fraction from the precise clock: two writes of one millisecond still differ. */
function preciseTime(milliseconds: number): number {
  return milliseconds + Number((process.hrtime.bigint() / 1000n) % 1000n) / 1000;
}
