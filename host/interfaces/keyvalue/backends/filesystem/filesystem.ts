import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Backend, type Bucket, type BucketSettings, StoreError } from '../backend.ts';
import { type BackendContext, defineBackend } from '../definition.ts';
import { largestKey, largestValue } from '../limits.ts';
import { isWriteRefusal, storeFailure } from '../system-errors.ts';
import { BucketNames } from './bucket-names.ts';
import { EndFiles } from './end-files.ts';
import { FilesystemBucket, watchInterval } from './filesystem-bucket.ts';
import { makeLastingFolder } from './flush.ts';
import { FileLocks } from './lock.ts';
import { bucketFolders, namesUnder, ownFolder } from './names.ts';
import { ScratchFolder } from './scratch-folder.ts';

/**
 * One file a value, `<root>/<bucket>/<key>`, where wash has it too; other names under `<root>/.kvasi`. A write
 * that was acknowledged survives a power cut: the file and its folder are flushed to the disk before.
 */
export const filesystem = defineBackend({
  name: 'filesystem',
  options: v.strictObject({ path: v.string() }),
  capabilities: {
    durable: true,
    shared: true,
    atomic: true,
    expiry: 'host',
    keyTtl: true,
    watch: { others: true, ends: true, gaps: true, every: watchInterval },
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
  readonly #names: BucketNames;
  readonly #scratch: ScratchFolder;
  #isSwept = false;

  constructor(root: string, context: BackendContext) {
    this.#root = root;
    this.#context = context;
    this.#locks = new FileLocks(join(root, ownFolder, 'locks'), context.operationTimeout);
    this.#names = new BucketNames(join(root, ownFolder, 'names'));
    this.#scratch = new ScratchFolder(join(root, ownFolder, 'temporary'));
  }

  open(name: string, settings: BucketSettings): Bucket {
    return this.#guard(() => this.#open(name, settings));
  }

  buckets(start: string): string[] {
    return this.#guard(() => this.#names.list(start));
  }

  #guard<T>(act: () => T): T {
    try {
      return act();
    } catch (cause) {
      throw storeFailure(cause, 'filesystem failed', ` under ${this.#root}`);
    }
  }

  #open(name: string, settings: BucketSettings): Bucket {
    const own = join(this.#root, ownFolder);
    const parents = ['buckets', 'deletions', 'keys', 'locks', 'names', 'temporary'].map((part) =>
      join(own, part),
    );
    this.#unlessReadOnly(() => makeFolder(own));
    const rules = namesUnder(this.#root);
    const folders = bucketFolders(this.#root, name, rules);
    const prepare = (): void => {
      for (const folder of [own, ...parents, folders.plain, folders.escaped]) makeFolder(folder);
    };
    this.#unlessReadOnly(() => {
      prepare();
      this.#names.note(name);
      if (!this.#isSwept) this.#scratch.sweep();
      this.#isSwept = true;
    });
    const prepareEnds = (): void => {
      for (const folder of [own, join(own, 'ends'), folders.ends]) makeFolder(folder);
    };
    const ends = new EndFiles(folders.ends, prepareEnds);
    const place = { folders, rules, scratch: this.#scratch, prepare, locks: this.#locks, ends };
    return new FilesystemBucket(name, settings, place, this.#context);
  }

  /** What is there can be read where nothing can be written; writes then fail one by one. */
  #unlessReadOnly(make: () => void): void {
    try {
      make();
    } catch (error) {
      if (!isWriteRefusal(error) || !isReadable(this.#root)) throw error;
    }
  }

  removeBucket(name: string): void {
    const { plain, escaped, ends, deletions } = bucketFolders(this.#root, name, namesUnder(this.#root));
    for (const path of [plain, escaped, ends, deletions]) rmSync(path, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.#locks.close();
    this.#scratch.close();
  }
}

/** Throws a `StoreError` when a link is in its place. */
function makeFolder(folder: string): void {
  makeLastingFolder(folder);
  if (lstatSync(folder).isSymbolicLink()) {
    throw new StoreError('access-denied', `${folder} is a symbolic link; links are not followed`, {
      guestMessage: 'a symbolic link is in the place of a folder; links are not followed',
    });
  }
}

function isReadable(folder: string): boolean {
  try {
    readdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
