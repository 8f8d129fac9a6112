import type { Guest } from '../../../runtime/worker/guest.ts';
import type { Bucket } from '../backends/backend.ts';
import type { Dialect } from '../dialect.ts';
import { noteOpened } from '../opened-buckets.ts';
import { andThen, type KeyvalueContext } from '../perform.ts';
import { bucketOf } from '../wasmcloud.ts';

/** What the guests of this worker share with their buckets; undefined where none of them watches. */
let contexts: WeakMap<Guest, KeyvalueContext> | undefined;

/** From now on it is noted what guests have, so that they can be given buckets. */
export function noteGuests(): void {
  contexts ??= new WeakMap();
}

/** A guest begins. */
export function noteGuest(
  guest: Guest,
  common: Omit<KeyvalueContext, 'dialect' | 'label'>,
  dialect: Dialect,
): void {
  if (dialect.isWasmcloud) contexts?.set(guest, { ...common, dialect, label: undefined });
}

/** A bucket as `wasmcloud:keyvalue/watcher` is called with it; its store is opened when the guest uses it. @param address of the bucket */
export function watchedBucket(guest: Guest, address: string): unknown {
  const context = contexts?.get(guest);
  if (context === undefined) throw new TypeError('a guest that watches has no buckets');
  noteOpened(address, context.holdings);
  return bucketOf(address, openedLater(address, context), context);
}

/** A bucket each of whose calls waits until it is open. */
function openedLater(address: string, { stores }: KeyvalueContext): Bucket {
  return new Proxy({} as Bucket, {
    get:
      (_, method: keyof Bucket) =>
      (...args: unknown[]) =>
        andThen(stores.open(address), (bucket) =>
          Reflect.apply(bucket[method] as (...args: unknown[]) => unknown, bucket, args),
        ),
  });
}
