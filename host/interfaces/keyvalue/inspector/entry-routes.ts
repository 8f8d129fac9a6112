import { readBody } from '../../../inspector/api/read-body.ts';
import { ApiError } from '../../../inspector/api/route.ts';
import type { Reply } from '../../inspector-part.ts';
import type { Bucket, Versioned } from '../backends/backend.ts';
import { largestValue } from '../backends/limits.ts';
import { ruleFor } from '../configuration/store-rules.ts';
import { keyQuery, renameBody, valueQuery } from './bucket-schemas.ts';
import { storeRoute } from './store-route.ts';
import { storesOfHost } from './stores-of-host.ts';

const done: Reply = { status: 204 };
const changed = 'The key was written meanwhile.';
const noSuchKey = 'There is no such key.';

export const entryRoutes = [
  storeRoute(
    {
      method: 'GET',
      path: '/api/v1/value',
      summary: 'The bytes of a value.',
      query: keyQuery,
      answer: 'application/octet-stream',
      answerHeaders: {
        etag: 'The version, for `if-match`.',
        'kvasi-written': 'When it was last written, in milliseconds since 1970, where the store knows.',
        'kvasi-expires': 'When it expires, in milliseconds since 1970, where the store knows.',
      },
      refusals: { 404: noSuchKey },
    },
    async ({ host, stores, query: { bucket, key } }) => {
      const store = await stores.open(bucket);
      const { value, version } = await store.getVersioned(key);
      if (value === undefined) throw new ApiError(404, `bucket '${bucket}' has no key '${key}'`);
      const written = await store.written?.(key);
      const rule = ruleFor(storesOfHost(host), bucket);
      const ttl = typeof rule === 'string' ? undefined : rule.ttl;
      const [left] = (await store.timesLeft?.([key])) ?? [];
      const ends = [
        ...(left === undefined ? [] : [Date.now() + left]),
        ...(written === undefined || ttl === undefined ? [] : [written + ttl]),
      ];
      return {
        status: 200,
        headers: {
          'content-type': 'application/octet-stream',
          etag: etagOf(version),
          ...(written === undefined ? {} : { 'kvasi-written': String(Math.round(written)) }),
          ...(ends.length === 0 ? {} : { 'kvasi-expires': String(Math.round(Math.min(...ends))) }),
        },
        body: value,
      };
    },
  ),
  storeRoute(
    {
      method: 'PUT',
      path: '/api/v1/value',
      summary:
        'Sets a value to the bytes of the body. With `if-match` and no `ttl` a key keeps the end that it has.',
      query: valueQuery,
      requestHeaders: {
        'if-match': 'Only if the key still has this version.',
        'if-none-match': '`*`: only if there is no such key.',
      },
      body: 'application/octet-stream',
      answer: 'nothing',
      refusals: { 412: changed, 413: 'The value is too large.' },
    },
    async ({ stores, query: { bucket, key, ttl: given }, request }) => {
      const ttl = given === undefined ? undefined : Number(given);
      const store = await stores.open(bucket);
      const value = await readBody(request, largestValue);
      const { 'if-match': wanted, 'if-none-match': none } = request.headers;
      if (wanted === undefined && none === undefined) {
        await store.set(key, value, ttl);
        return done;
      }
      const now = await store.getVersioned(key);
      if (none !== undefined && now.value !== undefined)
        throw new ApiError(412, `there is a key '${key}' already`);
      if (wanted !== undefined && etagOf(now.version) !== wanted)
        throw new ApiError(412, changedMessage(key));
      await swap(store, key, value, now, ttl);
      return done;
    },
  ),
  storeRoute(
    {
      method: 'DELETE',
      path: '/api/v1/value',
      summary: 'Deletes a key. It is no error when there is none.',
      query: keyQuery,
      answer: 'nothing',
    },
    async ({ stores, query: { bucket, key } }) => {
      await (await stores.open(bucket)).delete(key);
      return done;
    },
  ),
  storeRoute(
    {
      method: 'POST',
      path: '/api/v1/rename',
      summary: 'Sets the value under another key, which must not be there yet, and then deletes the old key.',
      body: renameBody,
      answer: 'nothing',
      refusals: { 404: noSuchKey, 412: 'There is a key of the new name already.' },
    },
    async ({ stores, body: { bucket, from, to } }) => {
      const store = await stores.open(bucket);
      const value = await store.get(from);
      if (value === undefined) throw new ApiError(404, `bucket '${bucket}' has no key '${from}'`);
      if (from === to) return done;
      const target = await store.getVersioned(to);
      if (target.value !== undefined) throw new ApiError(412, `there is a key '${to}' already`);
      const [left] = (await store.timesLeft?.([from])) ?? [];
      await swap(store, to, value, target, left);
      await store.delete(from);
      return done;
    },
  ),
];

async function swap(
  store: Bucket,
  key: string,
  value: Uint8Array,
  { version }: Versioned,
  ttl: number | undefined,
): Promise<void> {
  if (!(await store.setIfVersion(key, value, version, ttl))) throw new ApiError(412, changedMessage(key));
}

function changedMessage(key: string): string {
  return `key '${key}' was written by somebody else meanwhile; look at it again`;
}

function etagOf(version: string): string {
  return `"${encodeURIComponent(version)}"`;
}
