import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { CounterType, StoreError } from './backends/backend.ts';
import { getMany } from './backends/bucket-defaults.ts';
import { optionalPair, pairOfOptional } from './dialect.ts';
import { deleteManyKeys, GuestBucket, setManyPairs } from './guest-bucket.ts';
import {
  andThen,
  found,
  type GuestError,
  type KeyvalueContext,
  openFor,
  operations,
  perform,
} from './perform.ts';

/** `wasi:keyvalue/store` bucket. */
export class Bucket extends GuestBucket {
  override errorOf(error: StoreError): GuestError {
    return errorOf(error);
  }

  set(key: string, value: Uint8Array): MaybePromise<void> {
    return perform(
      this,
      operations.set,
      key,
      () => this.store.set(key, value),
      () => [value.length],
      value,
    );
  }

  listKeys(
    cursor: bigint | string | undefined,
  ): MaybePromise<{ keys: readonly string[]; cursor?: bigint | string }> {
    const { cursors, dialect, interceptor } = this.context;
    const list = (pageSize?: number) => {
      const position = typeof cursor === 'bigint' ? cursors.cursorFor(this.identifier, cursor) : cursor;
      const page =
        interceptor === undefined
          ? this.store.listKeys(position)
          : interceptor.page(this.store, position, pageSize);
      return andThen(page, ({ keys, cursor: next }) => {
        if (next === undefined) return { keys };
        return { keys, cursor: dialect.cursor === 'u64' ? cursors.numberFor(this.identifier, next) : next };
      });
    };
    return perform(this, operations['list-keys'], undefined, list, ({ keys }) => [keys.length]);
  }
}

/** `wasi:keyvalue/atomics` cas: the value and version of a key at one moment. */
export class Cas {
  readonly bucket: Bucket;
  readonly key: string;
  readonly #value: Uint8Array | undefined;
  readonly #version: string;

  private constructor(bucket: Bucket, key: string, value: Uint8Array | undefined, version: string) {
    this.bucket = bucket;
    bucket.context.holdings.take(value?.length ?? 0);
    this.key = key;
    this.#value = value;
    this.#version = version;
  }

  /** `cas.new`, which jco names `new`. */
  static new(bucket: Bucket, key: string): MaybePromise<Cas> {
    return perform(
      bucket,
      operations['cas.new'],
      key,
      () => Cas.#read(bucket, key),
      (cas) => found(cas.#value),
    );
  }

  current(): Uint8Array | undefined {
    return this.#value;
  }

  static #read(bucket: Bucket, key: string): MaybePromise<Cas> {
    return andThen(
      bucket.store.getVersioned(key),
      ({ value, version }) => new Cas(bucket, key, value, version),
    );
  }

  /** The handle for a retry when the key has changed meanwhile, nothing when the value was set. */
  swap(value: Uint8Array): MaybePromise<Cas | undefined> {
    const swap = () =>
      andThen(this.bucket.store.setIfVersion(this.key, value, this.#version), (done) =>
        done ? undefined : Cas.#read(this.bucket, this.key),
      );
    const details = (retry: Cas | undefined) => [retry === undefined, value.length];
    return perform(this.bucket, operations.swap, this.key, swap, details, value);
  }

  [Symbol.dispose](): void {
    this.bucket.context.holdings.give(this.#value?.length ?? 0);
  }
}

/** The imports of `wasi:keyvalue` for one guest. */
export function keyvalue(context: KeyvalueContext): Record<string, Record<string, unknown>> {
  const { counter = 's64', batch } = context.dialect;
  const shape = batch === 'pairs-of-optionals' ? pairOfOptional : optionalPair;
  return {
    'wasi:keyvalue/store': { Bucket, open: (identifier: string) => open(identifier, context) },
    'wasi:keyvalue/atomics': {
      Cas,
      increment: (bucket: Bucket, key: string, delta: bigint) => increment(bucket, key, delta, counter),
      swap,
    },
    'wasi:keyvalue/batch': {
      getMany: (bucket: Bucket, keys: readonly string[]) => getManyPairs(bucket, keys, shape),
      setMany: setManyPairs,
      deleteMany: deleteManyKeys,
    },
  };
}

function open(identifier: string, context: KeyvalueContext): MaybePromise<Bucket> {
  return openFor(identifier, context, errorOf, (store, address) => new Bucket(address, store, context));
}

/** `wasi:keyvalue/store` error has no names for the other cases. */
function errorOf(error: StoreError): GuestError {
  return error.case === 'no-such-store' || error.case === 'access-denied'
    ? { tag: error.case }
    : { tag: 'other', val: error.guestMessage };
}

function increment(bucket: Bucket, key: string, delta: bigint, type: CounterType): MaybePromise<bigint> {
  const add = () => bucket.store.increment(key, delta, type);
  return perform(bucket, operations.increment, key, add, undefined, delta);
}

/** Answers nothing, or throws `cas-failed` with a handle for the retry. */
function swap(cas: Cas, value: Uint8Array): MaybePromise<void> {
  let retry: MaybePromise<Cas | undefined>;
  cas[Symbol.dispose]();
  try {
    retry = cas.swap(value);
  } catch (error) {
    return throwStoreError(error);
  }
  return retry instanceof Promise ? retry.then(throwIfStale, throwStoreError) : throwIfStale(retry);
}

function throwIfStale(retry: Cas | undefined): void {
  if (retry !== undefined) throw { tag: 'cas-failed', val: retry };
}

function throwStoreError(error: unknown): never {
  throw error instanceof Error ? error : { tag: 'store-error', val: error };
}

function getManyPairs(
  bucket: Bucket,
  keys: readonly string[],
  shape: (key: string, value: Uint8Array | undefined) => unknown,
): MaybePromise<unknown[]> {
  const read = () =>
    andThen(getMany(bucket.store, keys), (values) => keys.map((key, index) => shape(key, values[index])));
  return perform(bucket, operations['get-many'], keys, read, () => [keys.length]);
}
