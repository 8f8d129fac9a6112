import * as v from 'valibot';

// What the API takes and answers: validation, types and the OpenAPI document come from here.

/** How many there are of something. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const milliseconds = v.pipe(v.number(), v.description('Milliseconds.'));
const time = v.pipe(v.number(), v.description('Milliseconds since 1970.'));
export const operation = v.objectWithRest(
  {
    interface: v.pipe(v.string(), v.description('Such as `wasi:keyvalue`.')),
    op: v.pipe(v.string(), v.description('Its name in WIT.')),
    target: v.pipe(v.string(), v.description('What it was done to, such as a bucket.')),
    item: v.optional(v.pipe(v.string(), v.description('The part of that, such as a key.'))),
    effect: v.picklist(['open', 'read', 'write', 'delete', 'tell']),
    isAtomic: v.boolean(),
    result: v.pipe(v.string(), v.description('What came of it, such as `hit, 3 B`.')),
    error: v.optional(v.string()),
    start: v.pipe(v.number(), v.description('Milliseconds since the component began.')),
    milliseconds,
    parent: v.optional(
      v.pipe(count, v.description('The place in the list of the operation that it belongs to.')),
    ),
  },
  v.pipe(
    v.optional(v.union([v.string(), v.number(), v.boolean()])),
    v.description('Target, item and attributes by their names: `bucket`, `key`, `hit`, `count`, `size`.'),
  ),
);
export const requestRecord = v.object({
  id: v.pipe(count, v.description('Counts the requests of the host from 1.')),
  time,
  kind: v.optional(
    v.pipe(v.picklist(['message', 'change', 'schedule']), v.description('Absent for a request of HTTP.')),
  ),
  method: v.pipe(
    v.string(),
    v.description('Of a message or a change, the component that it is for; of a scheduled run, `cron`.'),
  ),
  path: v.pipe(
    v.string(),
    v.description(
      'Of a message, its subject; of a change, the bucket and the key; of a scheduled run, the name of the schedule.',
    ),
  ),
  authority: v.optional(
    v.pipe(v.string(), v.description('Of a request that a component has sent: the place that it named.')),
  ),
  parent: v.optional(
    v.pipe(count, v.description('The id of what the component served that has sent the request.')),
  ),
  component: v.optional(v.pipe(v.string(), v.description('Who served it, where that is the service.'))),
  status: v.pipe(
    count,
    v.description(
      '0 when the client went away before there was one. Of a message or a change, 200 where it was handled, of a scheduled run, where it ended well; else 500.',
    ),
  ),
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
  imports: v.array(
    v.object({
      name: v.string(),
      label: v.optional(v.string()),
      served: v.string(),
      problem: v.optional(v.string()),
    }),
  ),
  exports: v.array(v.string()),
  linked: v.pipe(v.string(), v.description('Who puts it together, and why where it is not kvasi.')),
  fresh: v.pipe(
    v.string(),
    v.description('How each request gets a fresh instance, and why where not by reset.'),
  ),
  uses: v.pipe(
    v.array(v.picklist(['serve', 'run'])),
    v.description('What can be done with it: `kvasi dev` serves it, `kvasi run` runs it.'),
  ),
  problem: v.optional(v.string()),
});
export const pageList = v.object({
  pages: v.array(
    v.object({
      name: v.pipe(v.string(), v.description('In the address of the page: `#/buckets`.')),
      title: v.string(),
      module: v.pipe(v.string(), v.description('The path of the script that exports it as `Page`.')),
    }),
  ),
});
export const configInfo = v.object({
  settings: v.array(
    v.object({ key: v.string(), value: v.union([v.string(), v.number(), v.null()]), origin: v.string() }),
  ),
});
export const failure = v.object({ error: v.string() });

/** What is read and never changed. */
export type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;

export type OperationInfo = Immutable<v.InferOutput<typeof operation>>;
export type RequestInfo = Immutable<v.InferOutput<typeof requestRecord>>;
export type RequestList = Immutable<v.InferOutput<typeof requestList>>;
export type SendBody = Immutable<v.InferOutput<typeof sendBody>>;
export type SendAnswer = Immutable<v.InferOutput<typeof sendAnswer>>;
export type HostInfo = Immutable<v.InferOutput<typeof hostInfo>>;
export type ComponentInfo = Immutable<v.InferOutput<typeof componentInfo>>;
export type PageList = Immutable<v.InferOutput<typeof pageList>>;
export type ConfigInfo = Immutable<v.InferOutput<typeof configInfo>>;
