import { createReadStream } from 'node:fs';
import { atPlace } from '../../../settings/at-place.ts';
import { fileReason, isFileError } from '../../../shared/file-reason.ts';
import { HostError, reasonOf } from '../../../shared/host-error.ts';
import { requirePlainFile } from '../../../shared/plain-file.ts';
import { allKeys } from '../backends/all-keys.ts';
import { type IdentifierRule, type KeyvalueSettings, ruleFor } from '../configuration/store-rules.ts';
import type { Stores } from '../stores.ts';
import { BucketEntries } from './bucket-entries.ts';
import { inBatches } from './entry-store.ts';
import { readEntries } from './json-lines.ts';

/** A bucket that was filled. */
export interface Seeded {
  readonly bucket: string;
  readonly path: string;
  readonly count: number;
}

/**
 * Fills the buckets that have a seed and are empty: what a component has written since is not overwritten. The
 * bucket `""`, which most components open, has the seed of the entry that serves it.
 * Throws a `HostError` that names bucket and file.
 */
export async function seedBuckets(keyvalue: KeyvalueSettings, stores: Stores): Promise<Seeded[]> {
  const seeded: Seeded[] = [];
  for (const [bucket, rule] of new Map([['', ruleFor(keyvalue, '')], ...keyvalue.named])) {
    if (typeof rule === 'string' || rule.seed === undefined) continue;
    const { path, place } = rule.seed;
    const count = await atPlace(place, () => filled(keyvalue, stores, bucket, rule, path));
    if (count > 0) seeded.push({ bucket, path, count });
  }
  return seeded;
}

async function filled(
  keyvalue: KeyvalueSettings,
  stores: Stores,
  bucket: string,
  rule: IdentifierRule,
  path: string,
): Promise<number> {
  try {
    return await seed(new BucketEntries(await stores.open(bucket)), path);
  } catch (cause) {
    const name = bucket !== '' ? `bucket '${bucket}'` : `the bucket of dev.keyvalue.${keyOf(keyvalue, rule)}`;
    const what = `${name} can't be filled from ${path}`;
    throw new HostError(
      'config',
      `${what}: ${isFileError(cause) ? `it ${fileReason(cause)}.` : reasonOf(cause)}`,
      { cause },
    );
  }
}

/** Which entry of the configuration says it. */
function keyOf(keyvalue: KeyvalueSettings, rule: IdentifierRule): string {
  return rule === keyvalue.default ? 'default' : '"*"';
}

async function seed(store: BucketEntries, path: string): Promise<number> {
  for await (const _ of allKeys(store.bucket)) return 0;
  await requirePlainFile(path);
  let count = 0;
  for await (const batch of inBatches(readEntries(createReadStream(path)))) {
    await store.write(batch);
    count += batch.length;
  }
  return count;
}
