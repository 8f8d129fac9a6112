import * as v from 'valibot';
import { REFUSALS } from '../../settings/refusals.ts';

// What the API takes and answers: validation, types and the OpenAPI document come from here.

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const milliseconds = v.pipe(v.number(), v.description('Milliseconds.'));
const time = v.pipe(v.number(), v.description('Milliseconds since 1970.'));
const bucket = v.pipe(v.string(), v.description('The identifier that a component passes to `open`.'));
const key = v.pipe(v.string(), v.description('Any text.'));

export const bucketQuery = v.strictObject({ bucket });
export const keyQuery = v.strictObject({ bucket, key });
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

export const operation = v.object({
  op: v.string(),
  bucket: v.string(),
  key: v.optional(v.string()),
  hit: v.optional(v.boolean()),
  count: v.optional(count),
  size: v.optional(v.pipe(count, v.description('Bytes of the value.'))),
  error: v.optional(v.string()),
  start: v.optional(v.pipe(v.number(), v.description('Milliseconds since the component began.'))),
  milliseconds,
});
export const requestRecord = v.object({
  id: v.pipe(count, v.description('Counts the requests of the host from 1.')),
  time,
  method: v.string(),
  path: v.string(),
  status: v.pipe(count, v.description('0 when the client went away before there was one.')),
  milliseconds,
  operations: v.array(operation),
  operationCount: v.pipe(count, v.description('Of many operations only the first are kept.')),
  trap: v.optional(
    v.object({ reason: v.string(), backtrace: v.array(v.string()), hostStack: v.optional(v.string()) }),
  ),
  failure: v.optional(v.string()),
});
export const requestList = v.object({ requests: v.array(requestRecord) });

const header = v.tuple([v.string(), v.string()]);
const body = {
  text: v.optional(v.pipe(v.string(), v.description('The body, where it is text.'))),
  base64: v.optional(v.pipe(v.string(), v.description('The body, where it is not.'))),
};
export const sendBody = v.strictObject({
  method: v.pipe(v.string(), v.regex(/^[A-Za-z]+$/, 'a method such as GET')),
  path: v.pipe(v.string(), v.regex(/^\/[\x21-\x7e]*$/, 'a path such as /?key=a, percent-encoded')),
  headers: v.optional(v.array(header)),
  ...body,
});
export const sendAnswer = v.object({
  status: count,
  headers: v.array(header),
  ...body,
  size: v.pipe(count, v.description('Bytes of the body.')),
  isCut: v.pipe(v.boolean(), v.description('Whether the body went on.')),
  milliseconds,
  request: v.optional(requestRecord),
});

export const hostInfo = v.object({
  name: v.literal('kvasi'),
  version: v.string(),
  pid: count,
  directory: v.string(),
  url: v.pipe(v.string(), v.description('Where the component is served.')),
  started: time,
});
export const componentInfo = v.object({
  component: v.pipe(v.string(), v.description('Its file.')),
  bytes: count,
  imports: v.array(v.object({ name: v.string(), served: v.string(), problem: v.optional(v.string()) })),
  exports: v.array(v.string()),
  linked: v.pipe(v.string(), v.description('Who puts it together, and why where it is not kvasi.')),
  fresh: v.pipe(
    v.string(),
    v.description('How each request gets a fresh instance, and why where not by reset.'),
  ),
  problem: v.optional(v.string()),
});
export const configInfo = v.object({
  settings: v.array(
    v.object({ key: v.string(), value: v.union([v.string(), v.number(), v.null()]), origin: v.string() }),
  ),
});
export const failure = v.object({ error: v.string() });

/** What is read and never changed. */
export type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;

export type BucketInfo = Immutable<v.InferOutput<typeof bucketInfo>>;
export type BucketList = Immutable<v.InferOutput<typeof bucketList>>;
export type KeyCount = Immutable<v.InferOutput<typeof keyCount>>;
export type KeyPageInfo = Immutable<v.InferOutput<typeof keyPage>>;
export type OperationInfo = Immutable<v.InferOutput<typeof operation>>;
export type RequestInfo = Immutable<v.InferOutput<typeof requestRecord>>;
export type RequestList = Immutable<v.InferOutput<typeof requestList>>;
export type SendBody = Immutable<v.InferOutput<typeof sendBody>>;
export type SendAnswer = Immutable<v.InferOutput<typeof sendAnswer>>;
export type HostInfo = Immutable<v.InferOutput<typeof hostInfo>>;
export type ComponentInfo = Immutable<v.InferOutput<typeof componentInfo>>;
export type ConfigInfo = Immutable<v.InferOutput<typeof configInfo>>;
export type Imported = Immutable<v.InferOutput<typeof imported>>;
