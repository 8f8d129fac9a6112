import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { type Bucket as StoreBucket, StoreError, type Versioned } from './backends/backend.ts';
import { backOff } from './backends/backoff.ts';
import { getMany } from './backends/bucket-defaults.ts';
import { OPERATION_TIMEOUT } from './backends/definition.ts';
import { checkTtl } from './backends/limits.ts';
import { deleteManyKeys, GuestBucket, setManyPairs } from './guest-bucket.ts';
import {
  andThen,
  found,
  type GuestError,
  type KeyvalueContext,
  openFor,
  operations,
  type Pair,
  perform,
} from './perform.ts';

/** `set-options` of `wasmcloud:keyvalue/types`. */
interface SetOptions {
  readonly ttlMs?: bigint | undefined;
  readonly ifNotExists: boolean;
}

/** `cas-options` of `wasmcloud:keyvalue/cas`. */
interface CasOptions {
  readonly requireVersion?: string | undefined;
  readonly requireValue?: Uint8Array | undefined;
}

/** `entry` of `wasmcloud:keyvalue/cas`. */
interface Entry {
  readonly value: Uint8Array;
  readonly version: string;
}

/** `cas-result` of `wasmcloud:keyvalue/cas`. */
type CasResult = { readonly tag: 'swapped' } | { readonly tag: 'stale'; readonly val: Entry | undefined };

/** A condition of a write does not hold, which is no failure of the store. */
class PreconditionFailed extends StoreError {}

/** `wasmcloud:keyvalue/types` bucket. */
class Bucket extends GuestBucket {
  override errorOf(error: StoreError): GuestError {
    return errorOf(error);
  }

  set(key: string, value: Uint8Array, options: SetOptions | undefined): MaybePromise<void> {
    const ttl = options?.ttlMs === undefined ? undefined : Number(options.ttlMs);
    const set = () => {
      // What can't be meant is said also where the key is there.
      if (ttl !== undefined) checkTtl(ttl);
      return options?.ifNotExists ? create(this.store, key, value, ttl) : this.store.set(key, value, ttl);
    };
    return perform(this, operations.set, key, set, () => [value.length], value);
  }

  listKeys(
    prefix = '',
    cursor?: string,
  ): MaybePromise<{ keys: readonly string[]; cursor: string | undefined }> {
    const { interceptor } = this.context;
    const list = (pageSize?: number) => {
      const page =
        interceptor === undefined
          ? this.store.listKeys(cursor, prefix)
          : interceptor.page(this.store, cursor, pageSize, prefix);
      if (prefix === '') return page;
      // A store that can't look for them answers others too.
      return andThen(page, ({ keys, cursor: next }) => ({
        keys: keys.filter((key) => key.startsWith(prefix)),
        cursor: next,
      }));
    };
    return perform(this, operations['list-keys'], undefined, list, ({ keys }) => [keys.length]);
  }
}

/** A bucket that a guest gets without opening it. */
export function bucketOf(address: string, store: StoreBucket, context: KeyvalueContext): Bucket {
  return new Bucket(address, store, context);
}

/** The imports of `wasmcloud:keyvalue` 0.2.0 for one guest. */
export function wasmcloudKeyvalue(context: KeyvalueContext): Record<string, Record<string, unknown>> {
  const open = (identifier: string) =>
    openFor(identifier, context, errorOf, (store, address) => new Bucket(address, store, context));
  return {
    'wasmcloud:keyvalue/types': { Bucket },
    'wasmcloud:keyvalue/store': { open },
    'wasmcloud:keyvalue/atomics': { increment },
    'wasmcloud:keyvalue/cas': { current, swap },
    'wasmcloud:keyvalue/batch': { getMany: getManyPairs, setMany: setManyPairs, deleteMany: deleteManyKeys },
  };
}

function increment(bucket: Bucket, key: string, delta: bigint): MaybePromise<bigint> {
  const add = () => bucket.store.increment(key, delta, 's64');
  return perform(bucket, operations.increment, key, add, undefined, delta);
}

function current(bucket: Bucket, key: string): MaybePromise<Entry | undefined> {
  const read = () => andThen(bucket.store.getVersioned(key), entryOf);
  return perform(bucket, operations.current, key, read, (entry) => found(entry?.value));
}

function swap(bucket: Bucket, key: string, value: Uint8Array, options: CasOptions): MaybePromise<CasResult> {
  const swapped = () => {
    if (options.requireVersion === undefined && options.requireValue === undefined)
      throw new StoreError('invalid-argument', 'it names neither a version nor a value', {
        changed: 'nothing',
      });
    return replace(bucket.store, key, value, options);
  };
  const details = ({ tag }: CasResult) => [tag === 'swapped', value.length];
  return perform(bucket, operations.swap, key, swapped, details, value);
}

function getManyPairs(bucket: Bucket, keys: readonly string[]): MaybePromise<(Pair | undefined)[]> {
  const read = () =>
    andThen(getMany(bucket.store, keys), (values) =>
      keys.map((key, index): Pair | undefined => {
        const value = values[index];
        return value === undefined ? undefined : [key, value];
      }),
    );
  return perform(bucket, operations['get-many'], keys, read, () => [keys.length]);
}

/** Writes a key that is not there. */
function create(store: StoreBucket, key: string, value: Uint8Array, ttl: number | undefined): Promise<void> {
  return untilNobodyCame(async () => {
    const seen = await store.getVersioned(key);
    if (seen.value !== undefined)
      throw new PreconditionFailed('other', 'the key is there', { changed: 'nothing' });
    return (await store.setIfVersion(key, value, seen.version, ttl)) ? { result: undefined } : undefined;
  });
}

/** Writes a key whose version and value are those that are wanted. A guest's version is compared, and never given to a store. */
function replace(
  store: StoreBucket,
  key: string,
  value: Uint8Array,
  { requireVersion, requireValue }: CasOptions,
): Promise<CasResult> {
  return untilNobodyCame<CasResult>(async () => {
    const seen = await store.getVersioned(key);
    const entry = entryOf(seen);
    const fits =
      entry !== undefined &&
      (requireVersion === undefined || entry.version === requireVersion) &&
      (requireValue === undefined || Buffer.compare(entry.value, requireValue) === 0);
    if (!fits) return { result: { tag: 'stale', val: entry } };
    return (await store.setIfVersion(key, value, seen.version)) ? { result: { tag: 'swapped' } } : undefined;
  });
}

/** Looks and acts until nobody wrote the key in between. */
async function untilNobodyCame<T>(attempt: () => Promise<{ readonly result: T } | undefined>): Promise<T> {
  const deadline = performance.now() + OPERATION_TIMEOUT;
  for (let count = 0; performance.now() < deadline; count += 1) {
    const done = await attempt();
    if (done !== undefined) return done.result;
    await backOff(count);
  }
  throw new StoreError('timeout', 'others wrote the key each time', { changed: 'nothing' });
}

function entryOf({ value, version }: Versioned): Entry | undefined {
  return value === undefined ? undefined : { value, version };
}

/** `wasmcloud:keyvalue/types` error. */
function errorOf(error: StoreError): GuestError {
  if (error instanceof PreconditionFailed) return { tag: 'precondition-failed' };
  return error.case === 'other' ? { tag: 'other', val: error.guestMessage } : { tag: error.case };
}
