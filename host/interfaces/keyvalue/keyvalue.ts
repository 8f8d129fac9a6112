import type { Holdings } from '../../runtime/worker/holdings.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { type Bucket as StoreBucket, StoreError } from './backends/backend.ts';
import { deleteMany, exists, getMany, setMany } from './backends/bucket-defaults.ts';
import type { CursorTable } from './cursor-table.ts';
import { type Dialect, optionalPair, pairOfOptional } from './dialect.ts';
import type { Action, Interceptor } from './interceptor.ts';
import { noteOpened } from './opened-buckets.ts';
import type { Operation, OperationLog } from './operation.ts';
import type { OperationName } from './operations.ts';
import type { Stores } from './stores.ts';
import type { TurnLimit } from './turn-limit.ts';

/** `wasi:keyvalue/store` error, thrown as the payload of a result. */
type GuestError =
  | { readonly tag: 'no-such-store' | 'access-denied' }
  | { readonly tag: 'other'; readonly val: string };
type Details = Pick<Operation, 'hit' | 'count' | 'size'>;
type Pair = [key: string, value: Uint8Array];

/** What the functions of one guest share. */
export interface KeyvalueContext {
  readonly stores: Stores;
  readonly dialect: Dialect;
  readonly cursors: CursorTable;
  readonly log: OperationLog;
  readonly turns: TurnLimit;
  readonly holdings: Holdings;
  /** Absent where nobody stands between. */
  readonly interceptor?: Interceptor | undefined;
  /** The request that the guest serves. */
  readonly request: () => number;
}

/** `wasi:keyvalue/store` bucket. */
export class Bucket {
  readonly identifier: string;
  readonly store: StoreBucket;
  readonly context: KeyvalueContext;

  constructor(identifier: string, store: StoreBucket, context: KeyvalueContext) {
    this.identifier = identifier;
    this.store = store;
    this.context = context;
  }

  get(key: string): MaybePromise<Uint8Array | undefined> {
    return perform(this, 'get', key, () => this.store.get(key), found);
  }

  set(key: string, value: Uint8Array): MaybePromise<void> {
    return perform(
      this,
      'set',
      key,
      () => this.store.set(key, value),
      () => ({ size: value.length }),
      value,
    );
  }

  delete(key: string): MaybePromise<void> {
    return perform(this, 'delete', key, () => this.store.delete(key));
  }

  exists(key: string): MaybePromise<boolean> {
    return perform(
      this,
      'exists',
      key,
      () => exists(this.store, key),
      (hit) => ({ hit }),
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
      return then(page, ({ keys, cursor: next }) => {
        if (next === undefined) return { keys };
        return { keys, cursor: dialect.cursor === 'u64' ? cursors.numberFor(this.identifier, next) : next };
      });
    };
    return perform(this, 'list-keys', undefined, list, ({ keys }) => ({ count: keys.length }));
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
      'cas.new',
      key,
      () => Cas.#read(bucket, key),
      (cas) => found(cas.#value),
    );
  }

  current(): Uint8Array | undefined {
    return this.#value;
  }

  static #read(bucket: Bucket, key: string): MaybePromise<Cas> {
    return then(bucket.store.getVersioned(key), ({ value, version }) => new Cas(bucket, key, value, version));
  }

  /** The handle for a retry when the key has changed meanwhile, nothing when the value was set. */
  swap(value: Uint8Array): MaybePromise<Cas | undefined> {
    const swap = () =>
      then(this.bucket.store.setIfVersion(this.key, value, this.#version), (done) =>
        done ? undefined : Cas.#read(this.bucket, this.key),
      );
    const details = (retry: Cas | undefined) => ({ hit: retry === undefined, size: value.length });
    return perform(this.bucket, 'swap', this.key, swap, details, value);
  }

  [Symbol.dispose](): void {
    this.bucket.context.holdings.give(this.#value?.length ?? 0);
  }
}

/** The imports of `wasi:keyvalue` for one guest. */
export function keyvalue(context: KeyvalueContext): Record<string, Record<string, unknown>> {
  return {
    'wasi:keyvalue/store': { Bucket, open: (identifier: string) => open(identifier, context) },
    'wasi:keyvalue/atomics': { Cas, increment, swap },
    'wasi:keyvalue/batch': { getMany: getManyPairs, setMany: setManyPairs, deleteMany: deleteManyKeys },
  };
}

function open(identifier: string, context: KeyvalueContext): MaybePromise<Bucket> {
  const subject = { identifier, context };
  return perform(subject, 'open', undefined, () => {
    noteOpened(identifier, context.holdings);
    return then(context.stores.open(identifier), (store) => new Bucket(identifier, store, context));
  });
}

function increment(bucket: Bucket, key: string, delta: bigint): MaybePromise<bigint> {
  const add = () => bucket.store.increment(key, delta, bucket.context.dialect.counter ?? 's64');
  return perform(bucket, 'increment', key, add, undefined, delta);
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

function getManyPairs(bucket: Bucket, keys: readonly string[]): MaybePromise<unknown[]> {
  const shape = bucket.context.dialect.batch === 'pairs-of-optionals' ? pairOfOptional : optionalPair;
  const read = () =>
    then(getMany(bucket.store, keys), (values) => keys.map((key, index) => shape(key, values[index])));
  return perform(bucket, 'get-many', keys, read, () => ({ count: keys.length }));
}

function setManyPairs(bucket: Bucket, pairs: readonly Pair[]): MaybePromise<void> {
  const write = () => setMany(bucket.store, pairs);
  return perform(bucket, 'set-many', pairs, write, () => ({ count: pairs.length }));
}

function deleteManyKeys(bucket: Bucket, keys: readonly string[]): MaybePromise<void> {
  const remove = () => deleteMany(bucket.store, keys);
  return perform(bucket, 'delete-many', keys, remove, () => ({ count: keys.length }));
}

function found(value: Uint8Array | undefined): Details {
  return value === undefined ? { hit: false } : { hit: true, size: value.length };
}

function then<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

interface Subject {
  readonly identifier: string;
  readonly store?: StoreBucket;
  readonly context: KeyvalueContext;
}

const nothing: Details = {};

/** The key of an operation, or what a batch is about; nothing for `open` and `list-keys`. */
type Keys = string | readonly (string | Pair)[] | undefined;

/** Runs an operation, notes it with its time, and turns a store's error into the guest's. */
function perform<T>(
  subject: Subject,
  op: OperationName,
  keys: Keys,
  action: Action<T>,
  details?: (result: T) => Details,
  written?: Uint8Array | bigint,
): MaybePromise<T> {
  const key = typeof keys === 'string' ? keys : undefined;
  const started = performance.now();
  let result: MaybePromise<T>;
  try {
    result = made(subject, op, keys, action, written);
  } catch (reason) {
    return fail(subject, op, key, started, reason);
  }
  if (result instanceof Promise) {
    return result.then(
      (value) => {
        note(subject, op, key, started, details?.(value));
        return subject.context.turns.pass(value);
      },
      (reason: unknown) => fail(subject, op, key, started, reason),
    );
  }
  note(subject, op, key, started, details?.(result));
  return result;
}

/** Makes an operation, past whoever stands between. */
function made<T>(
  { identifier, store, context }: Subject,
  op: OperationName,
  keys: Keys,
  action: Action<T>,
  written: Uint8Array | bigint | undefined,
): MaybePromise<T> {
  const { interceptor } = context;
  if (interceptor === undefined || !interceptor.isActive) return action();
  const call = { request: context.request(), op, bucket: identifier, keys: listed(keys), store, written };
  return interceptor.make(call, action);
}

function listed(keys: Keys): string[] {
  if (keys === undefined) return [];
  if (typeof keys === 'string') return [keys];
  return keys.map((given) => (typeof given === 'string' ? given : given[0]));
}

function note(
  { identifier, context }: Subject,
  op: OperationName,
  key: string | undefined,
  started: number,
  details: Details | undefined,
): void {
  context.log.note(op, identifier, key, details ?? nothing, started);
}

function fail(
  { identifier, context }: Subject,
  op: OperationName,
  key: string | undefined,
  started: number,
  reason: unknown,
): never {
  const error = toGuestError(reason);
  const text = error.tag === 'other' && reason instanceof Error ? reason.message : error.tag;
  context.log.note(op, identifier, key, { error: text }, started);
  throw error;
}

/** A store's error is the guest's to handle; anything else is a bug of ours and traps with its stack. */
function toGuestError(reason: unknown): GuestError {
  if (!(reason instanceof StoreError)) throw reason;
  return reason.case === 'other' ? { tag: 'other', val: reason.guestMessage } : { tag: reason.case };
}
