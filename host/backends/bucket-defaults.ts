import type { Bucket, MaybePromise } from './backend.ts';

/** `bucket.exists`, or a read. */
export function exists(bucket: Bucket, key: string): MaybePromise<boolean> {
  if (bucket.exists !== undefined) return bucket.exists(key);
  const value = bucket.get(key);
  return value instanceof Promise ? value.then((found) => found !== undefined) : value !== undefined;
}

/** `bucket.getMany`, or a read for each key. */
export function getMany(
  bucket: Bucket,
  keys: readonly string[],
): MaybePromise<readonly (Uint8Array | undefined)[]> {
  if (bucket.getMany !== undefined) return bucket.getMany(keys);
  return inTurn(keys, (key) => bucket.get(key));
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
