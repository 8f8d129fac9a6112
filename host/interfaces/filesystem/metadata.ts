import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { refuse } from './error-code.ts';

const second = 1_000_000_000n;
/** The last second that JavaScript and the systems below it agree on, since 1970. */
const lastSecond = 8_640_000_000_000n;

/** `wasi:filesystem/types` descriptor-type. */
export type DescriptorType =
  | 'unknown'
  | 'block-device'
  | 'character-device'
  | 'directory'
  | 'fifo'
  | 'symbolic-link'
  | 'regular-file'
  | 'socket';

/** `wasi:clocks/wall-clock` datetime. */
export interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** `wasi:filesystem/types` new-timestamp. */
export type NewTimestamp =
  | { readonly tag: 'no-change' }
  | { readonly tag: 'now' }
  | { readonly tag: 'timestamp'; readonly val: Datetime };

/** What tells the type of something in a folder. */
interface Typed {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

export function typeOf(entry: Typed): DescriptorType {
  if (entry.isFile()) return 'regular-file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symbolic-link';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  if (entry.isBlockDevice()) return 'block-device';
  return entry.isCharacterDevice() ? 'character-device' : 'unknown';
}

/** `wasi:filesystem/types` descriptor-stat. */
export function statOf(stats: BigIntStats): Record<string, unknown> {
  return {
    type: typeOf(stats),
    linkCount: stats.nlink,
    size: stats.size,
    dataAccessTimestamp: datetime(stats.atimeNs),
    dataModificationTimestamp: datetime(stats.mtimeNs),
    statusChangeTimestamp: datetime(stats.ctimeNs),
  };
}

/** The time is a u64: what is older than 1970 has none. */
function datetime(nanoseconds: bigint): Datetime | undefined {
  if (nanoseconds < 0n) return undefined;
  return { seconds: nanoseconds / second, nanoseconds: Number(nanoseconds % second) };
}

/** Seconds since 1970, as Node takes them. @param before what it was, in nanoseconds */
export function newTime(time: NewTimestamp, before: bigint): number {
  if (time.tag === 'no-change') return Number(before) / 1e9;
  if (time.tag === 'now') return Date.now() / 1000;
  const { seconds, nanoseconds } = time.val;
  if (nanoseconds >= 1e9) refuse('invalid');
  if (seconds > lastSecond) refuse('overflow');
  return Number(seconds) + nanoseconds / 1e9;
}

/**
 * `wasi:filesystem/types` metadata-hash-value: that of the file's identity, as in wasmtime, because wasi-libc takes it for the number
 * of an inode. No numbers of the host show.
 */
export function hashOf({ dev, ino }: BigIntStats): { lower: bigint; upper: bigint } {
  const digest = createHash('sha256').update(`${dev} ${ino}`).digest();
  return { lower: digest.readBigUInt64LE(0), upper: digest.readBigUInt64LE(8) };
}
