import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../../../shared/system-code.ts';
import { compareByBytes, startOf } from '../byte-order.ts';
import { readStart } from './entry-file.ts';
import { type BucketFolders, escapedStart, isPlain, type NameRules, unpackEscaped } from './names.ts';

/** How long a folder must have been at rest so that its times tell every change, in milliseconds. */
const restTime = 2000;
/** Enough for nearly all keys, in bytes. */
const shortStart = 512;

/** The keys of a bucket as they are stored, in byte order. */
export class KeyListing {
  readonly #folders: BucketFolders;
  readonly #rules: NameRules;
  /** What the folders held when they last changed at `stamp`. */
  #kept: { readonly stamp: string; readonly keys: readonly string[] } | undefined;
  /** The keys of files under a hash; a hash never gets another key. */
  #escaped = new Map<string, string>();

  constructor(folders: BucketFolders, rules: NameRules) {
    this.#folders = folders;
    this.#rules = rules;
  }

  /** Reads the folders, unless they are as they were when read for the page before. */
  keys(): readonly string[] {
    const stamp = this.#stamp();
    if (stamp !== undefined && stamp === this.#kept?.stamp) return this.#kept.keys;
    const keys = [...this.#plainKeys(), ...this.#escapedKeys()].sort(compareByBytes);
    this.#kept = stamp === undefined ? undefined : { stamp, keys };
    return keys;
  }

  /** The keys that begin with `prefix`, from behind `after`, which itself need not be there any more. */
  *after(after: string | undefined, prefix: string): Generator<string> {
    const keys = this.keys();
    for (let index = startOf(keys, after, prefix); index < keys.length; index += 1) {
      const key = keys[index] ?? '';
      if (!key.startsWith(prefix)) return;
      yield key;
    }
  }

  /** Gives up what was kept for a further page. */
  forget(): void {
    this.#kept = undefined;
  }

  /** When the folders last changed; `undefined` when that is so short ago that a further change might not show. */
  #stamp(): string | undefined {
    const stats = [this.#folders.plain, this.#folders.escaped].map((folder) =>
      statSync(folder, { bigint: true, throwIfNoEntry: false }),
    );
    const changes = stats.map((stat) => (stat === undefined ? 0 : Number(stat.ctimeNs / 1_000_000n)));
    if (Date.now() - Math.max(...changes) < restTime) return undefined;
    return stats.map((stat) => `${stat?.ino}.${stat?.ctimeNs}`).join(' ');
  }

  /** A name that another program wrote and that is kept elsewhere here could not be read: it is none. */
  #plainKeys(): string[] {
    return filesOf(this.#folders.plain).filter((name) => isPlain(name, this.#rules));
  }

  #escapedKeys(): Iterable<string> {
    const keys = new Map<string, string>();
    for (const hash of filesOf(this.#folders.escaped)) {
      const key = this.#escaped.get(hash) ?? readKey(join(this.#folders.escaped, hash));
      if (key !== undefined) keys.set(hash, key);
    }
    this.#escaped = keys;
    return keys.values();
  }
}

function readKey(path: string): string | undefined {
  for (const length of [shortStart, escapedStart]) {
    const start = readStart(path, length);
    const key = start === undefined ? undefined : unpackEscaped(start)?.key;
    if (key !== undefined) return key;
  }
  return undefined;
}

/** Files, no folders and no links. A folder that is not there has none. */
function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((item) => (item.isFile() ? [item.name] : []));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
