import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import { type Bucket, StoreError } from './backend.ts';
import { largestBatch } from './limits.ts';

/** So many keys are read at once at the most; between them the sizes are added up. */
const batchPart = 100;

/** `bucket.exists`, or a read. */
export function exists(bucket: Bucket, key: string): MaybePromise<boolean> {
  if (bucket.exists !== undefined) return bucket.exists(key);
  const value = bucket.get(key);
  return value instanceof Promise ? value.then((found) => found !== undefined) : value !== undefined;
}

/**
 * `bucket.getMany`, or a read for each key. Throws a `StoreError` when the values together are larger than a
 * guest may be given at once: many keys of large values would exhaust the host before the guest.
 */
export function getMany(
  bucket: Bucket,
  keys: readonly string[],
): MaybePromise<readonly (Uint8Array | undefined)[]> {
  let size = 0;
  const add = (values: readonly (Uint8Array | undefined)[]): readonly (Uint8Array | undefined)[] => {
    for (const value of values) size += value?.length ?? 0;
    if (size <= largestBatch) return values;
    throw new StoreError(
      'other',
      `get-many of ${keys.length} keys: their values have more than ${largestBatch} bytes (256 MiB); read fewer at once`,
    );
  };
  const readPart = (part: readonly string[]): MaybePromise<readonly (Uint8Array | undefined)[]> => {
    const values = getPart(bucket, part);
    return values instanceof Promise ? values.then(add) : add(values);
  };
  if (keys.length <= batchPart) return readPart(keys);
  const parts = Array.from({ length: Math.ceil(keys.length / batchPart) }, (_, part) =>
    keys.slice(part * batchPart, (part + 1) * batchPart),
  );
  const values = inTurn(parts, readPart);
  return values instanceof Promise ? values.then((all) => all.flat()) : values.flat();
}

/** `bucket.getMany`, or a read for each key, however large the values are together. */
export function getPart(
  bucket: Bucket,
  keys: readonly string[],
): MaybePromise<readonly (Uint8Array | undefined)[]> {
  return bucket.getMany === undefined ? inTurn(keys, (key) => bucket.get(key)) : bucket.getMany(keys);
}

/** `bucket.setMany`, or a write for each pair. */
export function setMany(
  bucket: Bucket,
  pairs: readonly (readonly [key: string, value: Uint8Array])[],
): MaybePromise<void> {
  if (bucket.setMany !== undefined) return bucket.setMany(pairs);
  return ignoreResult(inTurn(pairs, ([key, value]) => bucket.set(key, value)));
}

/** `bucket.deleteMany`, or a delete for each key. */
export function deleteMany(bucket: Bucket, keys: readonly string[]): MaybePromise<void> {
  if (bucket.deleteMany !== undefined) return bucket.deleteMany(keys);
  return ignoreResult(inTurn(keys, (key) => bucket.delete(key)));
}

/** One after the other, so that the last of several writes to a key wins; waits only where the store does. */
function inTurn<T, R>(items: readonly T[], act: (item: T) => MaybePromise<R>): MaybePromise<R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) {
    const result = act(item);
    if (result instanceof Promise) return continueInTurn(items.slice(index + 1), act, results, result);
    results.push(result);
  }
  return results;
}

async function continueInTurn<T, R>(
  rest: readonly T[],
  act: (item: T) => MaybePromise<R>,
  results: R[],
  pending: Promise<R>,
): Promise<R[]> {
  results.push(await pending);
  for (const item of rest) results.push(await act(item));
  return results;
}

function ignoreResult(result: MaybePromise<unknown>): MaybePromise<void> {
  return result instanceof Promise ? result.then(() => {}) : undefined;
}
