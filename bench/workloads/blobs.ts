import { askFor } from '../ask.ts';
import { kvasi } from '../contenders/kvasi.ts';
import { nodeHttp } from '../contenders/node-http.ts';
import type { LoadWorkload } from './workload.ts';

const small = bodyOf(64 * 1024);
const large = bodyOf(100 * 1024 * 1024);

/** Both answer a write with the size. */
const entrants = [nodeHttp, kvasi].map((contender) => ({
  contender,
  async prepare(url: string) {
    await askFor(`${url}/create-container?container=c`, 'GET');
    await askFor(`${url}/write-data?container=c&object=small`, 'POST', small);
    await askFor(`${url}/write-data?container=c&object=large`, 'POST', large);
  },
}));

/** Blobs in files, on the same disk. */
export const blobWorkloads: readonly LoadWorkload[] = [
  get('blob-get-64k', '64 KiB', 'small', small, 16),
  get('blob-get-100m', '100 MiB', 'large', large, 2),
  put('blob-put-64k', '64 KiB', 'small', small, 16),
  put('blob-put-100m', '100 MiB', 'large', large, 2),
];

function get(name: string, size: string, object: string, body: Buffer, connections: number): LoadWorkload {
  return {
    name,
    title: `a blob of ${size} out of a file`,
    component: 'blob-probe',
    request: { method: 'GET', path: `/get-data?container=c&object=${object}` },
    expected: body,
    connections: [connections],
    entrants,
  };
}

function put(name: string, size: string, object: string, body: Buffer, connections: number): LoadWorkload {
  return {
    name,
    title: `a blob of ${size} into a file`,
    component: 'blob-probe',
    request: { method: 'POST', path: `/write-data?container=c&object=${object}`, body },
    expected: String(body.length),
    connections: [connections],
    entrants,
  };
}

function bodyOf(bytes: number): Buffer {
  return Buffer.alloc(bytes, 'abcdefghijklmnopqrstuvwxyz');
}
