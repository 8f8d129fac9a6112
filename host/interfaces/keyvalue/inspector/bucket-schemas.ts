import * as v from 'valibot';
import { count, type Immutable } from '../../../inspector/api/schemas.ts';
import { REFUSALS } from '../configuration/refusals.ts';

// What the routes of buckets take and answer: validation, types and the OpenAPI document come from here.

const bucket = v.pipe(v.string(), v.description('The identifier that a component passes to `open`.'));
const key = v.pipe(v.string(), v.description('Any text.'));

export const bucketsQuery = v.strictObject({
  stored: v.optional(
    v.pipe(
      v.picklist(['too']),
      v.description(
        '`too`: also those under which a store keeps something, which may look through all of its keys.',
      ),
    ),
  ),
});
export const bucketQuery = v.strictObject({ bucket });
export const keyQuery = v.strictObject({ bucket, key });
export const valueQuery = v.strictObject({
  bucket,
  key,
  ttl: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,13}$/),
      v.description('Whole milliseconds after which the key ends. Default: as long as its bucket says.'),
    ),
  ),
});
export const keysQuery = v.strictObject({
  bucket,
  prefix: v.optional(v.pipe(v.string(), v.description('Only keys that begin with it.'))),
  cursor: v.optional(v.pipe(v.string(), v.description('Of the page before. Default: the first page.'))),
});
export const exportQuery = v.strictObject({
  ...keysQuery.entries,
  page: v.optional(
    v.pipe(
      v.picklist(['one']),
      v.description('`one`: only the page at the cursor. Default: all from there.'),
    ),
  ),
});

export const capabilities = v.object({
  durable: v.boolean(),
  shared: v.boolean(),
  atomic: v.boolean(),
  expiry: v.picklist(['store', 'host']),
  listing: v.picklist(['ordered', 'unordered']),
  largestKey: count,
  largestValue: count,
});

export const bucketInfo = v.object({
  bucket,
  served: v.pipe(
    v.picklist(['store', ...REFUSALS]),
    v.description('What `open` gets: a store, or one of the two refusals.'),
  ),
  backend: v.optional(v.pipe(v.string(), v.description('Such as `redis`.'))),
  place: v.optional(v.pipe(v.string(), v.description('Backend, place and options, without secrets.'))),
  ttl: v.optional(v.pipe(v.number(), v.description('Milliseconds that a key lives after its last write.'))),
  capabilities: v.optional(capabilities),
  opened: v.pipe(v.boolean(), v.description('Whether a request has used it since the host was started.')),
});
export const bucketList = v.object({
  buckets: v.array(bucketInfo),
  others: v.pipe(v.string(), v.description('What every other identifier gets.')),
});
export const keyCount = v.object({
  count,
  exact: v.pipe(v.boolean(), v.description('False: there are at least so many.')),
});
export const keyPage = v.object({
  keys: v.array(v.string()),
  cursor: v.optional(v.pipe(v.string(), v.description('For the next page. Absent on the last one.'))),
});
export const renameBody = v.strictObject({ bucket, from: key, to: key });
export const imported = v.object({ imported: count });

export type BucketInfo = Immutable<v.InferOutput<typeof bucketInfo>>;
export type BucketList = Immutable<v.InferOutput<typeof bucketList>>;
export type KeyCount = Immutable<v.InferOutput<typeof keyCount>>;
export type KeyPageInfo = Immutable<v.InferOutput<typeof keyPage>>;
export type Imported = Immutable<v.InferOutput<typeof imported>>;
