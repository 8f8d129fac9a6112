import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { json } from '../../../inspector/api/route.ts';
import type { Reply } from '../../inspector-part.ts';
import type { Download } from '../backends/backend.ts';
import { partsOf, writeObject } from '../copy-object.ts';
import { blobRoute } from './blob-route.ts';
import { copyBody, objectInfo, objectQuery, rangeQuery } from './blob-schemas.ts';

const done: Reply = { status: 204 };

export const objectRoutes = [
  blobRoute(
    {
      method: 'GET',
      path: '/api/v1/object',
      summary: 'The bytes of an object.',
      query: rangeQuery,
      answer: 'application/octet-stream',
      answerHeaders: {
        'kvasi-size': 'The size of the whole object, in bytes.',
      },
    },
    async ({ store, query: { container, object, most } }) => {
      const end = most === undefined ? undefined : BigInt(most) - 1n;
      if (end === -1n) return { status: 200, body: new Uint8Array() };
      const download = await store.read({ container, object }, 0n, end);
      return {
        status: 200,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(download.length),
          'kvasi-size': String(download.size),
        },
        body: (response) => sendDownload(download, response),
      };
    },
  ),
  blobRoute(
    {
      method: 'GET',
      path: '/api/v1/object-info',
      summary: 'The size of an object, and when it was written.',
      query: objectQuery,
      answer: objectInfo,
    },
    async ({ store, query }) => {
      const { size, created } = await store.objectInfo(query);
      return json(objectInfo, { size, created: Math.round(created) });
    },
  ),
  blobRoute(
    {
      method: 'PUT',
      path: '/api/v1/object',
      summary: 'Writes an object with the bytes of the body. What was there stays until all have come.',
      query: objectQuery,
      body: 'application/octet-stream',
      answer: 'nothing',
    },
    async ({ store, query, request }) => {
      await writeObject(store, query, request as AsyncIterable<Uint8Array>);
      return done;
    },
  ),
  blobRoute(
    {
      method: 'DELETE',
      path: '/api/v1/object',
      summary: 'Deletes an object. It is no error when there is none.',
      query: objectQuery,
      answer: 'nothing',
    },
    async ({ store, query: { container, object } }) => {
      await store.delete(container, [object]);
      return done;
    },
  ),
  blobRoute(
    {
      method: 'POST',
      path: '/api/v1/copy-object',
      summary:
        'Copies or moves an object, perhaps to another container, in place of the object that is there.',
      body: copyBody,
      answer: 'nothing',
    },
    async ({ store, body: { from, to, move = false } }) => {
      await (move ? store.move(from, to) : store.copy(from, to));
      return done;
    },
  ),
];

/** Sends what is read as fast as it is taken. Where either breaks off, so does the other. */
async function sendDownload(download: Download, response: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.from(partsOf(download), { objectMode: false }), response);
  } finally {
    download.close();
  }
}
