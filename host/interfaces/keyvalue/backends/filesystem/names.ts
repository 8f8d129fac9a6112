import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { largestKey, largestPrefix } from '../limits.ts';

/** The folder under the root that no bucket of wash is called by; everything of ours is in it. */
export const ownFolder = '.kvasi';

/** The longest file name on the usual file systems, in bytes. */
const longestName = 255;
const encoder = new TextEncoder();

/** Names that Windows keeps for devices, with or without an ending. */
const devices = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** How a platform's file systems treat names. */
export interface NameRules {
  /** `a` and `A` are one file, and so are the forms of one accented letter. */
  readonly foldsCase: boolean;
  /** Windows: reserved names and characters, short names with `~`, no dot or space at the end. */
  readonly reserves: boolean;
}

export function platformNames(platform: NodeJS.Platform = process.platform): NameRules {
  return { foldsCase: platform === 'darwin' || platform === 'win32', reserves: platform === 'win32' };
}

/** The rules of the file system that the root is on; those of the platform where our own folder is not there. */
export function namesUnder(root: string): NameRules {
  const rules = platformNames();
  const shouted = lstatSync(join(root, ownFolder.toUpperCase()), { bigint: true, throwIfNoEntry: false });
  // FAT, network shares and folded folders are there on Linux, too, with what Windows reserves.
  return shouted !== undefined && shouted.ino === lstatSync(join(root, ownFolder), { bigint: true }).ino
    ? { foldsCase: true, reserves: true }
    : rules;
}

/**
 * Whether a bucket or key is a file of the same name, as wash writes it. Whatever can't be, or would share its
 * file with another name, is kept under `.kvasi` by its hash, with the name inside the file.
 */
export function isPlain(name: string, rules: NameRules): boolean {
  if (name === '' || name === '.' || name === '..' || name === ownFolder) return false;
  if (name.includes('/') || name.includes('\0')) return false;
  if (encoder.encode(name).length > longestName) return false;
  if (rules.foldsCase && !/^[\x20-\x40\x5b-\x7e]+$/.test(name)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return !(rules.reserves && (/[<>:"\\|?*~\x00-\x1f]|[. ]$/.test(name) || devices.test(name)));
}

export function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${encoder.encode(part).length}:`).update(part);
  return hash.digest('hex');
}

/** Where the files of one bucket are. */
export interface BucketFolders {
  /** Keys that are file names. */
  readonly plain: string;
  /** Keys that are not. */
  readonly escaped: string;
  /** Of the keys that have an end of their own, when that is. */
  readonly ends: string;
  /** Its modification time is that of the last deletion. */
  readonly deletions: string;
}

export function bucketFolders(root: string, bucket: string, rules: NameRules): BucketFolders {
  const own = join(root, ownFolder);
  const hash = hashOf(bucket);
  return {
    plain: isPlain(bucket, rules) ? join(root, bucket) : join(own, 'buckets', hash),
    escaped: join(own, 'keys', hash),
    ends: join(own, 'ends', hash),
    deletions: join(own, 'deletions', hash),
  };
}

/** Where the value of one key is. */
export interface KeyFile {
  readonly path: string;
  /** Holds the value and nothing else, as wash's files do. */
  readonly isPlain: boolean;
}

export function fileOf(key: string, { plain, escaped }: BucketFolders, rules: NameRules): KeyFile {
  return isPlain(key, rules)
    ? { path: join(plain, key), isPlain: true }
    : { path: join(escaped, hashOf(key)), isPlain: false };
}

/** A file under a hash: the key's length in 4 bytes, the key, the value. */
export function packEscaped(key: string, value: Uint8Array): Uint8Array {
  const name = encoder.encode(key);
  const packed = new Uint8Array(4 + name.length + value.length);
  new DataView(packed.buffer).setUint32(0, name.length);
  packed.set(name, 4);
  packed.set(value, 4 + name.length);
  return packed;
}

/** How much of such a file is to be read to know its key. */
export const escapedStart = 4 + largestPrefix + largestKey;

/** The inverse of `packEscaped`; `undefined` for a file that is none of ours. */
export function unpackEscaped(
  packed: Uint8Array,
): { readonly key: string; readonly value: Uint8Array } | undefined {
  if (packed.length < 4) return undefined;
  const end = 4 + new DataView(packed.buffer, packed.byteOffset).getUint32(0);
  if (end > packed.length) return undefined;
  return { key: new TextDecoder().decode(packed.subarray(4, end)), value: packed.subarray(end) };
}
