import { ApiError, json } from '../../../inspector/api/route.ts';
import { HostError } from '../../../shared/host-error.ts';
import { BucketEntries } from '../transfer/bucket-entries.ts';
import { type Entry, type EntryPart, inBatches } from '../transfer/entry-store.ts';
import { readEntries, toJson } from '../transfer/json-lines.ts';
import { bucketQuery, exportQuery, imported } from './bucket-schemas.ts';
import { storeRoute } from './store-route.ts';

export const transferRoutes = [
  storeRoute(
    {
      method: 'GET',
      path: '/api/v1/export',
      summary: 'Entries as JSON Lines: `{"key","value"}`, or `{"key","base64"}` where the value is no text.',
      query: exportQuery,
      answer: 'application/jsonl',
      answerHeaders: { 'kvasi-cursor': 'With `page=one`: the cursor of the next page, percent-encoded.' },
    },
    async ({ stores, query: { bucket, prefix = '', cursor, page } }) => {
      const store = new BucketEntries(await stores.open(bucket));
      const headers = { 'content-type': 'application/jsonl' };
      if (page === undefined) return { status: 200, headers, body: lines(allOf(store.read(cursor, prefix))) };
      const { keys, cursor: next } = await store.list(cursor, prefix);
      const more = next === undefined ? {} : { 'kvasi-cursor': encodeURIComponent(next) };
      return { status: 200, headers: { ...headers, ...more }, body: lines(store.entriesOf(keys)) };
    },
  ),
  storeRoute(
    {
      method: 'POST',
      path: '/api/v1/import',
      summary: 'Sets every entry of the JSON Lines in the body. What came before a line in error stays set.',
      query: bucketQuery,
      body: 'application/jsonl',
      answer: imported,
    },
    async ({ stores, query, request }) => {
      const store = new BucketEntries(await stores.open(query.bucket));
      let count = 0;
      try {
        for await (const batch of inBatches(readEntries(request))) {
          await store.write(batch);
          count += batch.length;
        }
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        throw new ApiError(400, `${error.message} ${count} entries before it were set.`);
      }
      return json(imported, { imported: count });
    },
  ),
];

async function* allOf(parts: AsyncIterable<EntryPart>): AsyncGenerator<readonly Entry[]> {
  for await (const { entries } of parts) yield entries;
}

async function* lines(parts: AsyncIterable<readonly Entry[]>): AsyncGenerator<string> {
  for await (const entries of parts) if (entries.length > 0) yield `${entries.map(toJson).join('\n')}\n`;
}
