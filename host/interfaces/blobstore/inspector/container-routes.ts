import { json } from '../../../inspector/api/route.ts';
import type { Place } from '../../../settings/resolve-settings.ts';
import type { Reply } from '../../inspector-part.ts';
import { type BlobSettings, formatBlobs } from '../configuration/blob-settings.ts';
import { blobRoute } from './blob-route.ts';
import { containerBody, containerList, containerQuery, objectsQuery } from './blob-schemas.ts';

const done: Reply = { status: 204 };

export const containerRoutes = [
  blobRoute(
    {
      method: 'GET',
      path: '/api/v1/containers',
      summary: 'All containers of blobs, whoever has made them, and where they are.',
      answer: containerList,
    },
    async ({ host, store }) => {
      const { directory, ...settings } = host.resolved.settings as Place & {
        readonly blobstore: BlobSettings;
      };
      const containers: { container: string; created: number }[] = [];
      for (const container of await store.containers()) {
        const { created } = await store.containerInfo(container);
        containers.push({ container, created: Math.round(created) });
      }
      const { kind } = settings.blobstore;
      const place = formatBlobs(settings.blobstore).replace(`${directory}/`, '');
      return json(containerList, { containers, backend: kind, place });
    },
  ),
  blobRoute(
    {
      method: 'POST',
      path: '/api/v1/containers',
      summary: 'Makes a container.',
      body: containerBody,
      answer: 'nothing',
      refusals: { 409: 'There is such a container already.' },
    },
    async ({ store, body: { container } }) => {
      await store.createContainer(container);
      return done;
    },
  ),
  blobRoute(
    {
      method: 'DELETE',
      path: '/api/v1/containers',
      summary: 'Deletes a container with all its objects.',
      query: containerQuery,
      answer: 'nothing',
    },
    async ({ store, query: { container } }) => {
      await store.deleteContainer(container);
      return done;
    },
  ),
  blobRoute(
    {
      method: 'GET',
      path: '/api/v1/objects',
      summary: 'The names of the objects of a container, each as JSON on a line of its own, in any order.',
      query: objectsQuery,
      answer: 'application/jsonl',
    },
    async ({ store, query: { container, prefix = '' } }) => {
      await store.containerInfo(container);
      const headers = { 'content-type': 'application/jsonl' };
      return { status: 200, headers, body: lines(store.objects(container, prefix)) };
    },
  ),
];

async function* lines(pages: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const names of pages) yield names.map((name) => `${JSON.stringify(name)}\n`).join('');
}
