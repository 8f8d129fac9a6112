import * as v from 'valibot';
import { count, type Immutable } from '../../../inspector/api/schemas.ts';

// What the routes of blobs take and answer: validation, types and the OpenAPI document come from here.

const container = v.pipe(v.string(), v.description('The name of a container: any text.'));
const object = v.pipe(v.string(), v.description('The name of an object: any text.'));
const time = v.pipe(v.number(), v.description('Milliseconds since 1970.'));

export const containerQuery = v.strictObject({ container });
export const objectsQuery = v.strictObject({
  container,
  prefix: v.optional(v.pipe(v.string(), v.description('Only objects whose names begin with it.'))),
});
export const objectQuery = v.strictObject({ container, object });
export const rangeQuery = v.strictObject({
  container,
  object,
  most: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}$/, 'a number of bytes'),
      v.description('Only so many bytes from the start. Default: all.'),
    ),
  ),
});
export const containerBody = v.strictObject({ container });
export const objectId = v.strictObject({ container, object });
export const copyBody = v.strictObject({
  from: objectId,
  to: objectId,
  move: v.optional(v.pipe(v.boolean(), v.description('Whether the source goes. Default: it stays.'))),
});

export const containerList = v.object({
  containers: v.array(v.object({ container, created: time })),
  backend: v.pipe(v.string(), v.description('Such as `filesystem`.')),
  place: v.pipe(v.string(), v.description('Backend and place, without secrets.')),
});
export const objectInfo = v.object({ size: count, created: time });

export type ContainerList = Immutable<v.InferOutput<typeof containerList>>;
export type ObjectInfo = Immutable<v.InferOutput<typeof objectInfo>>;
