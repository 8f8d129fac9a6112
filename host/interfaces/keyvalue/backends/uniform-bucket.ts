import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import type { OperationName } from '../operation-name.ts';
import { isWrite } from '../operations.ts';
import {
  type Bucket,
  type ChangeListener,
  type CounterType,
  type KeyPage,
  type StopWatching,
  StoreError,
  type Versioned,
} from './backend.ts';
import { deleteMany, exists, getPart, setMany } from './bucket-defaults.ts';
import { unknownCursor } from './cursor.ts';
import type { Capabilities } from './definition.ts';
import { checkKey, checkTtl, checkValue } from './limits.ts';
import { uniformError } from './uniform-errors.ts';

type Pair = readonly [key: string, value: Uint8Array];

/** What a bucket of a backend takes. */
export type BucketLimits = Pick<Capabilities, 'largestKey' | 'largestValue' | 'keyTtl'>;

/** The longest key that an error shows whole. */
const longestShown = 40;
/** Begins a cursor that is given out as its bucket gave it; one that stands behind a key begins with `>`. */
const asGiven = '=';

/**
 * A bucket of a backend as guests, commands and tests have it. What is to be the same on every backend is decided here: keys and
 * values are held to their limits, the prefix is put in front of each key and taken off again, and errors say what failed.
 */
export class UniformBucket implements Bucket {
  readonly #bucket: Bucket;
  readonly #name: string;
  readonly #prefix: string;
  readonly #limits: BucketLimits;

  /** @param limits those of a guest's key and value: the prefix does not count */
  constructor(bucket: Bucket, name: string, prefix: string, limits: BucketLimits) {
    this.#bucket = bucket;
    this.#name = name;
    this.#prefix = prefix;
    this.#limits = limits;
  }

  get largestValue(): number {
    return this.#bucket.largestValue ?? this.#limits.largestValue;
  }

  get(key: string): MaybePromise<Uint8Array | undefined> {
    return this.#make('get', key, () => this.#bucket.get(this.#prefix + key));
  }

  set(key: string, value: Uint8Array, ttl?: number): MaybePromise<void> {
    return this.#make('set', key, () => {
      this.#check(key, value);
      if (ttl === undefined) return this.#bucket.set(this.#prefix + key, value);
      this.#checkTtl(ttl);
      return this.#bucket.set(this.#prefix + key, value, ttl);
    });
  }

  delete(key: string): MaybePromise<void> {
    return this.#make('delete', key, () => this.#bucket.delete(this.#prefix + key));
  }

  exists(key: string): MaybePromise<boolean> {
    return this.#make('exists', key, () => exists(this.#bucket, this.#prefix + key));
  }

  listKeys(cursor: string | undefined, prefix = ''): MaybePromise<KeyPage> {
    return this.#make('list-keys', undefined, () => {
      const page = this.#bucket.listKeys(this.#ownCursor(cursor), this.#prefix + prefix);
      if (this.#prefix === '') return page;
      return page instanceof Promise ? page.then((found) => this.#outward(found)) : this.#outward(page);
    });
  }

  increment(key: string, delta: bigint, type: CounterType): MaybePromise<bigint> {
    return this.#make('increment', key, () => {
      checkKey(key, this.#limits.largestKey);
      return this.#bucket.increment(this.#prefix + key, delta, type);
    });
  }

  getVersioned(key: string): MaybePromise<Versioned> {
    return this.#make('cas.new', key, () => this.#bucket.getVersioned(this.#prefix + key));
  }

  setIfVersion(key: string, value: Uint8Array, version: string, ttl?: number): MaybePromise<boolean> {
    return this.#make('swap', key, () => {
      this.#check(key, value);
      if (ttl === undefined) return this.#bucket.setIfVersion(this.#prefix + key, value, version);
      this.#checkTtl(ttl);
      return this.#bucket.setIfVersion(this.#prefix + key, value, version, ttl);
    });
  }

  written(key: string): MaybePromise<number | undefined> {
    return this.#make('get', key, () => this.#bucket.written?.(this.#prefix + key));
  }

  timesLeft(keys: readonly string[]): MaybePromise<readonly (number | undefined)[]> {
    const none = () => keys.map(() => undefined);
    return this.#make('get-many', keys, () => this.#bucket.timesLeft?.(this.#stored(keys)) ?? none());
  }

  getMany(keys: readonly string[]): MaybePromise<readonly (Uint8Array | undefined)[]> {
    return this.#make('get-many', keys, () => getPart(this.#bucket, this.#stored(keys)));
  }

  setMany(pairs: readonly Pair[]): MaybePromise<void> {
    return this.#make('set-many', pairs, () => {
      for (const [key, value] of pairs) this.#check(key, value);
      const prefix = this.#prefix;
      const stored = prefix === '' ? pairs : pairs.map(([key, value]): Pair => [prefix + key, value]);
      return setMany(this.#bucket, stored);
    });
  }

  deleteMany(keys: readonly string[]): MaybePromise<void> {
    return this.#make('delete-many', keys, () => deleteMany(this.#bucket, this.#stored(keys)));
  }

  watch(told: ChangeListener): MaybePromise<StopWatching> {
    return this.#make('open', undefined, () => {
      if (this.#bucket.watch === undefined)
        throw new StoreError('other', 'its store does not tell what changes in it');
      const prefix = this.#prefix;
      if (prefix === '') return this.#bucket.watch(told);
      return this.#bucket.watch({
        changed: (key) => {
          if (key.startsWith(prefix)) told.changed(key.slice(prefix.length));
        },
        failed: (reason) => told.failed(reason),
      });
    });
  }

  #check(key: string, value: Uint8Array): void {
    checkKey(key, this.#limits.largestKey);
    checkValue(value, this.largestValue);
  }

  /** The WIT wants an error where an end can't be kept, rather than a value without one. */
  #checkTtl(ttl: number): void {
    checkTtl(ttl);
    if (this.#limits.keyTtl === true) return;
    throw new StoreError('other', 'its store keeps no time to live for single keys; give the bucket a ttl', {
      changed: 'nothing',
    });
  }

  #stored(keys: readonly string[]): readonly string[] {
    return this.#prefix === '' ? keys : keys.map((key) => this.#prefix + key);
  }

  /** The cursor of the backend. Throws a `StoreError` for one that was not given out. */
  #ownCursor(cursor: string | undefined): string | undefined {
    if (cursor === undefined || this.#prefix === '') return cursor;
    if (cursor.startsWith('>')) return `>${this.#prefix}${cursor.slice(1)}`;
    if (cursor.startsWith(asGiven)) return cursor.slice(1);
    throw unknownCursor(cursor);
  }

  /** A page without the prefix, which a guest can't see in a cursor either. */
  #outward({ keys, cursor }: KeyPage): KeyPage {
    const prefix = this.#prefix;
    return {
      keys: keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)),
      cursor:
        cursor === undefined
          ? undefined
          : cursor.startsWith(`>${prefix}`)
            ? `>${cursor.slice(1 + prefix.length)}`
            : asGiven + cursor,
    };
  }

  #make<T>(
    operation: OperationName,
    keys: string | readonly unknown[] | undefined,
    act: () => MaybePromise<T>,
  ): MaybePromise<T> {
    try {
      const result = act();
      if (!(result instanceof Promise)) return result;
      return result.catch((error: unknown) => {
        throw this.#failed(operation, keys, error);
      });
    } catch (error) {
      throw this.#failed(operation, keys, error);
    }
  }

  #failed(operation: OperationName, keys: string | readonly unknown[] | undefined, error: unknown): unknown {
    const subject =
      keys === undefined
        ? ''
        : typeof keys === 'string'
          ? ` of key '${shown(keys)}'`
          : ` of ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`;
    const what = `${operation}${subject} in bucket '${this.#name}'`;
    return uniformError(error, what, isWrite(operation));
  }
}

function shown(key: string): string {
  return key.length > longestShown ? `${key.slice(0, longestShown)}…` : key;
}
