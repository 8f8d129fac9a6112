import { join } from 'node:path';
import type { BlobErrorCase, ObjectId } from '../../host/interfaces/blobstore/backends/backend.ts';
import { type BlobDriver, Refusal } from '../../host/interfaces/blobstore/conformance/driver.ts';
import { root } from './kvasi-process.ts';

/** The components by which a store can be asked. */
export const blobGuests = {
  'wasi:blobstore': join(root, 'components/blobs/blob-probe/blob-probe.wasm'),
  'wasmcloud:blobstore': join(root, 'components/blobs/blob-probe-async/blob-probe-async.wasm'),
} as const;

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** How a component is asked. */
type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** Asks a store through a component. */
export function guestDriver(fetch: Fetch, name: keyof typeof blobGuests): BlobDriver {
  const isAsync = name === 'wasmcloud:blobstore';
  const ask = async (operation: string, query: Record<string, string>, body?: Body): Promise<Response> => {
    const path = `/${operation}?${new URLSearchParams(query)}`;
    const init = body === undefined ? {} : { method: 'POST', body, duplex: 'half' as const };
    const response = await fetch(path, init);
    if (response.status === 200) return response;
    const text = await response.text();
    if (response.status !== 409) throw new Error(`${path}: ${response.status} ${text}`);
    if (!isAsync) throw new Refusal(text, undefined);
    const [errorCase, ...rest] = text.split(': ');
    throw new Refusal(rest.length === 0 ? text : rest.join(': '), errorCase as BlobErrorCase);
  };
  const json = async (...args: Parameters<typeof ask>): Promise<unknown> => (await ask(...args)).json();
  const done = async (...args: Parameters<typeof ask>): Promise<void> => void (await json(...args));
  const created = (value: unknown) => Number(value) / (isAsync ? 1e6 : 1e-3);
  return {
    createContainer: (container) => done('create-container', { container }),
    deleteContainer: (container) => done('delete-container', { container }),
    containerExists: async (container) => (await json('container-exists', { container })) === true,
    containerCreated: async (container) =>
      created(((await json('info', { container })) as { readonly created: number }).created),
    list: async (container) =>
      ((await json('list-objects', { container })) as { readonly names: string[] }).names,
    put: (id, parts) => done('write-data', { ...id }, bodyOf(parts)),
    async putInVain(id, parts) {
      if (isAsync) await broken(fetch, id, parts);
      else await done('write-data', { ...id, how: 'drop' }, bodyOf(parts));
    },
    async get(id, start = 0n, end = 2n ** 64n - 1n) {
      const response = await ask('get-data', { ...id, start: String(start), end: String(end) });
      return Buffer.from(await response.arrayBuffer());
    },
    async info(id) {
      const info = (await json('object-info', { ...id })) as Record<string, unknown>;
      return { size: Number(info.size), created: created(info.created) };
    },
    has: async (id) => (await json('has-object', { ...id })) === true,
    async delete(container, objects) {
      const [object] = objects;
      if (objects.length === 1 && object !== undefined) await done('delete-object', { container, object });
      else await done('delete-objects', { container }, JSON.stringify(objects));
    },
    clear: (container) => done('clear', { container }),
    copy: (source, target) => done('copy-object', transfer(source, target)),
    move: (source, target) => done('move-object', transfer(source, target)),
  };
}

function transfer(source: ObjectId, target: ObjectId): Record<string, string> {
  return { ...source, 'to-container': target.container, 'to-object': target.object };
}

/** Sends the parts one after the other. */
function bodyOf(parts: Iterable<Uint8Array>): Body {
  const all = [...parts];
  if (all.length <= 1) return new Uint8Array(all[0] ?? []);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = all.shift();
      if (part === undefined) controller.close();
      else if (part.length > 0) controller.enqueue(part.slice());
      else this.pull?.(controller);
    },
  });
}

/** Sends the parts, and breaks the request off. */
async function broken(fetch: Fetch, id: ObjectId, parts: Iterable<Uint8Array>): Promise<void> {
  const all = [...parts];
  const abort = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = all.shift();
      if (part !== undefined && part.length > 0) controller.enqueue(part.slice());
      else setTimeout(() => abort.abort(), 20);
    },
  });
  try {
    await fetch(`/write-data?${new URLSearchParams({ ...id })}`, {
      method: 'POST',
      body,
      duplex: 'half',
      signal: abort.signal,
    });
  } catch (error) {
    if (abort.signal.aborted) return;
    throw error;
  }
}
