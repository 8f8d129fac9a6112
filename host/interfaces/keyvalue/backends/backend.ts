import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import { withoutTestNames } from './test-names.ts';

/** The integers that an increment may yield: u64 in `0.2.0-draft`, s64 in `0.2.0-draft2`. */
export type CounterType = 'u64' | 's64';

/** One page of the keys of a bucket. */
export interface KeyPage {
  readonly keys: readonly string[];
  /** Opaque; absent on the last page. */
  readonly cursor: string | undefined;
}

/** A value together with the version that a compare-and-swap names. */
export interface Versioned {
  readonly value: Uint8Array | undefined;
  /** Changes with every write of the key and never comes back, not even after delete and re-create. */
  readonly version: string;
}

/**
 * A named set of key–value pairs in one backend. Arrays that are passed in belong to the bucket, arrays
 * that come out are never changed by it; the caller keeps to the same. Every failure is a `StoreError` that says why; the
 * host adds what was done to which key. Keys and values that are written are within the limits of the definition.
 */
export interface Bucket {
  /** `undefined` when there is no such key. */
  get(key: string): MaybePromise<Uint8Array | undefined>;
  /**
   * Writes a value. With `ttl` the key ends so many milliseconds after this write, by the host's clock: whole ones, from 1 to
   * `longestTtl`. Without, it has no end of its own any more. In a bucket with a `ttl` whichever end comes first counts. Asked for
   * with a `ttl` only where the definition has the capability `keyTtl`.
   */
  set(key: string, value: Uint8Array, ttl?: number): MaybePromise<void>;
  /** Does nothing when there is no such key. */
  delete(key: string): MaybePromise<void>;
  /** Default: whether `get` answers a value. */
  exists?(key: string): MaybePromise<boolean>;
  /**
   * The first page without a cursor, the one that follows with the cursor of the page before. Only keys that
   * begin with `prefix` are wanted; a store that can't look for them may answer others too, and even none of
   * them with a cursor. The prefix stays the same for all pages.
   */
  listKeys(cursor: string | undefined, prefix?: string): MaybePromise<KeyPage>;
  /**
   * Adds to the ASCII decimal under the key (nothing counts as 0) and answers the sum. A value that is no
   * integer, or a sum outside `type`, is an error and changes nothing. An end of its own that the key has stays.
   */
  increment(key: string, delta: bigint, type: CounterType): MaybePromise<bigint>;
  getVersioned(key: string): MaybePromise<Versioned>;
  /**
   * Sets the value if the key still has that version, and answers whether it did. Without a `ttl`, an end of its own that the key has
   * stays.
   */
  setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): MaybePromise<boolean>;
  /**
   * When the key was last written, in milliseconds since 1970; `undefined` when that is not known or there is no
   * such key. Default: not known.
   */
  written?(key: string): MaybePromise<number | undefined>;
  /**
   * What is left to each key of a time to live of its own, in milliseconds above 0; `undefined` for a key without one, and where there
   * is no such key. Default: none has one.
   */
  timesLeft?(keys: readonly string[]): MaybePromise<readonly (number | undefined)[]>;
  /** The values in the order of the keys. Default: one `get` after the other. */
  getMany?(keys: readonly string[]): MaybePromise<readonly (Uint8Array | undefined)[]>;
  /** The last of several values of one key wins. No key has an end of its own afterwards. Default: one `set` after the other. */
  setMany?(pairs: readonly (readonly [key: string, value: Uint8Array])[]): MaybePromise<void>;
  /** Default: one `delete` after the other. */
  deleteMany?(keys: readonly string[]): MaybePromise<void>;
  /**
   * From now on tells of keys that change, until what it answers is called. No value comes along: whoever is told reads it, and so
   * finds the last one, however many changes there were. Default: it can't be watched.
   */
  watch?(told: ChangeListener): MaybePromise<StopWatching>;
  /** The largest value that it takes now, in bytes, where a server decides that. Default: what the definition says. */
  readonly largestValue?: number;
}

/** Told of what changes in a bucket. */
export interface ChangeListener {
  /** A key was written or deleted, or has ended. One call may stand for several changes, and a change may be told again. */
  changed(key: string): void;
  /** It tells no further, or not of everything. @param reason for the user: `…, so X` */
  failed(reason: string): void;
}

/** Ends a watch; nothing is told afterwards. Safe to call twice. */
export type StopWatching = () => void;

/** How one bucket is to be kept. */
export interface BucketSettings {
  /** Whole milliseconds that a key lives after its last write: exact on read for every operation. Default: for ever. */
  readonly ttl?: number;
  /**
   * What all keys begin with that are asked for: the host has put it there. What else is in the bucket is somebody else's, and may
   * be kept otherwise. Default: every key of the bucket may be asked for.
   */
  readonly keyPrefix?: string;
  /** How new counters are written: as ASCII decimals, or the way wash writes them. Default `ascii`. */
  readonly counters?: 'ascii' | 'wash';
}

/** A kind of storage, ready for use. */
export interface Backend<Settings = BucketSettings> {
  /** Opens a bucket, creating it where the store needs that. Opening is cheap and may be repeated. */
  open(bucket: string, settings: Settings): MaybePromise<Bucket>;
  /** Safe to call twice. */
  close(): MaybePromise<void>;
  /**
   * Removes a bucket and all that is in it; no component can ask for that, but `kvasi conformance` does.
   * Default: its keys are deleted, one page after the other.
   */
  removeBucket?(bucket: string): MaybePromise<void>;
  /**
   * The names of the buckets that hold something, of those that begin with `start`; some that hold nothing may be among them. No
   * component can ask for that, but what a test's host empties it has to find. Default: they are not known.
   */
  buckets?(start: string): MaybePromise<readonly string[]>;
}

/**
 * What went wrong, as `wasmcloud:keyvalue/types` names it; `wasi:keyvalue/store` knows the first two, and tells of the rest as
 * `other`.
 */
export const storeErrorCases = [
  'no-such-store',
  'access-denied',
  /** The call can't be meant: a key that is no text, a cursor that nobody gave out. */
  'invalid-argument',
  /** No answer came in time. */
  'timeout',
  /** The store can't be reached now. */
  'store-unavailable',
  /** There is no room, or a key or value is larger than may be. */
  'quota-exceeded',
  'other',
] as const;
export type StoreErrorCase = (typeof storeErrorCases)[number];

/** Why a store could not do what it was asked; reaches the guest as the `error` case. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly case: StoreErrorCase;
  /** What became of a write: `'nothing'` was changed, or that is `'unknown'`. The host says it to whoever wrote. */
  readonly changed: 'nothing' | 'unknown' | undefined;
  /** What the guest is told: the message, unless that names paths of this machine. */
  readonly guestMessage: string;

  constructor(
    errorCase: StoreErrorCase,
    message: string,
    options: ErrorOptions & { readonly guestMessage?: string; readonly changed?: StoreError['changed'] } = {},
  ) {
    super(withoutTestNames(message), options);
    this.case = errorCase;
    this.changed = options.changed;
    this.guestMessage = withoutTestNames(options.guestMessage ?? message);
  }
}
