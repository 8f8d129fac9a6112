import type { Values } from '../../runtime/trace/attribute.ts';
import type { Operation } from '../../runtime/trace/operation.ts';
import type { InterfaceTrace } from '../../runtime/trace/trace-log.ts';
import type { Holdings } from '../../runtime/worker/holdings.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { type Bucket as StoreBucket, StoreError } from './backends/backend.ts';
import { deleteMany, exists, getMany, setMany } from './backends/bucket-defaults.ts';
import type { CursorTable } from './cursor-table.ts';
import { type Dialect, optionalPair, pairOfOptional } from './dialect.ts';
import type { Action, KeyvalueInterceptor } from './interceptor.ts';
import { noteOpened } from './opened-buckets.ts';
import type { OperationName } from './operation-name.ts';
import { keyvalueOperations } from './operations.ts';
import type { Stores } from './stores.ts';
import type { TurnLimit } from './turn-limit.ts';

/** `wasi:keyvalue/store` error, thrown as the payload of a result. */
type GuestError =
  | { readonly tag: 'no-such-store' | 'access-denied' }
  | { readonly tag: 'other'; readonly val: string };
type Pair = [key: string, value: Uint8Array];
type RequestOperations = Pick<InterfaceTrace, 'note'>;
type GuestOperations = Pick<InterfaceTrace, 'note' | 'current'>;

/** What the functions of one guest share. */
export interface KeyvalueContext {
  readonly stores: Stores;
  readonly dialect: Dialect;
  readonly cursors: CursorTable;
  readonly trace: GuestOperations;
  readonly turns: TurnLimit;
  readonly holdings: Holdings;
  /** Absent where nobody stands between. */
  readonly interceptor?: KeyvalueInterceptor | undefined;
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
    return perform(this, operations.get, key, () => this.store.get(key), found);
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

  delete(key: string): MaybePromise<void> {
    return perform(this, operations.delete, key, () => this.store.delete(key));
  }

  exists(key: string): MaybePromise<boolean> {
    return perform(
      this,
      operations.exists,
      key,
      () => exists(this.store, key),
      (hit) => [hit],
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
    return then(bucket.store.getVersioned(key), ({ value, version }) => new Cas(bucket, key, value, version));
  }

  /** The handle for a retry when the key has changed meanwhile, nothing when the value was set. */
  swap(value: Uint8Array): MaybePromise<Cas | undefined> {
    const swap = () =>
      then(this.bucket.store.setIfVersion(this.key, value, this.#version), (done) =>
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
  return {
    'wasi:keyvalue/store': { Bucket, open: (identifier: string) => open(identifier, context) },
    'wasi:keyvalue/atomics': { Cas, increment, swap },
    'wasi:keyvalue/batch': { getMany: getManyPairs, setMany: setManyPairs, deleteMany: deleteManyKeys },
  };
}

function open(identifier: string, context: KeyvalueContext): MaybePromise<Bucket> {
  const subject = { identifier, context };
  return perform(subject, operations.open, undefined, () => {
    noteOpened(identifier, context.holdings);
    return then(context.stores.open(identifier), (store) => new Bucket(identifier, store, context));
  });
}

function increment(bucket: Bucket, key: string, delta: bigint): MaybePromise<bigint> {
  const add = () => bucket.store.increment(key, delta, bucket.context.dialect.counter ?? 's64');
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

function getManyPairs(bucket: Bucket, keys: readonly string[]): MaybePromise<unknown[]> {
  const shape = bucket.context.dialect.batch === 'pairs-of-optionals' ? pairOfOptional : optionalPair;
  const read = () =>
    then(getMany(bucket.store, keys), (values) => keys.map((key, index) => shape(key, values[index])));
  return perform(bucket, operations['get-many'], keys, read, () => [keys.length]);
}

function setManyPairs(bucket: Bucket, pairs: readonly Pair[]): MaybePromise<void> {
  const write = () => setMany(bucket.store, pairs);
  return perform(bucket, operations['set-many'], pairs, write, () => [pairs.length]);
}

function deleteManyKeys(bucket: Bucket, keys: readonly string[]): MaybePromise<void> {
  const remove = () => deleteMany(bucket.store, keys);
  return perform(bucket, operations['delete-many'], keys, remove, () => [keys.length]);
}

function found(value: Uint8Array | undefined): Values {
  return value === undefined ? [false] : [true, value.length];
}

function then<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

interface Subject {
  readonly identifier: string;
  readonly store?: StoreBucket;
  readonly context: KeyvalueContext;
}

const nothing: Values = [];
const { operations } = keyvalueOperations;

/** The key of an operation, or what a batch is about; nothing for `open` and `list-keys`. */
type Keys = string | readonly (string | Pair)[] | undefined;

/** Runs an operation, notes it with its time, and turns a store's error into the guest's. */
function perform<T>(
  subject: Subject,
  operation: Operation<OperationName>,
  keys: Keys,
  action: Action<T>,
  details?: (result: T) => Values,
  written?: Uint8Array | bigint,
): MaybePromise<T> {
  const key = typeof keys === 'string' ? keys : undefined;
  const trace = subject.context.trace.current();
  const started = performance.now();
  let result: MaybePromise<T>;
  try {
    result = made(subject, operation, keys, action, written);
  } catch (reason) {
    return fail(trace, subject, operation, key, started, reason);
  }
  if (result instanceof Promise) {
    return result.then(
      (value) => {
        note(trace, subject, operation, key, started, details?.(value));
        return subject.context.turns.pass(value);
      },
      (reason: unknown) => fail(trace, subject, operation, key, started, reason),
    );
  }
  note(trace, subject, operation, key, started, details?.(result));
  return result;
}

/** Makes an operation, past whoever stands between. */
function made<T>(
  { identifier, store, context }: Subject,
  operation: Operation<OperationName>,
  keys: Keys,
  action: Action<T>,
  written: Uint8Array | bigint | undefined,
): MaybePromise<T> {
  const { interceptor } = context;
  if (interceptor === undefined || !interceptor.isActive) return action();
  const call = {
    request: context.request(),
    op: operation.name,
    bucket: identifier,
    keys: listed(keys),
    store,
    written,
  };
  return interceptor.make(call, action);
}

function listed(keys: Keys): string[] {
  if (keys === undefined) return [];
  if (typeof keys === 'string') return [keys];
  return keys.map((given) => (typeof given === 'string' ? given : given[0]));
}

function note(
  trace: RequestOperations,
  { identifier }: Subject,
  operation: Operation<OperationName>,
  key: string | undefined,
  started: number,
  details: Values | undefined,
): void {
  trace.note(operation, identifier, key, details ?? nothing, undefined, started);
}

function fail(
  trace: RequestOperations,
  { identifier }: Subject,
  operation: Operation<OperationName>,
  key: string | undefined,
  started: number,
  reason: unknown,
): never {
  const error = toGuestError(reason);
  const text = error.tag === 'other' && reason instanceof Error ? reason.message : error.tag;
  trace.note(operation, identifier, key, nothing, text, started);
  throw error;
}

/** A store's error is the guest's to handle; anything else is a bug of ours and traps with its stack. */
function toGuestError(reason: unknown): GuestError {
  if (!(reason instanceof StoreError)) throw reason;
  return reason.case === 'other' ? { tag: 'other', val: reason.guestMessage } : { tag: reason.case };
}
