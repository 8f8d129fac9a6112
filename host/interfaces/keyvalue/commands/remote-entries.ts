import * as v from 'valibot';
import { askHost } from '../../../inspector/client/ask-host.ts';
import type { DevNote } from '../../../inspector/client/dev-note.ts';
import type { KeyPage } from '../backends/backend.ts';
import { type BucketInfo, bucketInfo, bucketList, keyPage } from '../inspector/bucket-schemas.ts';
import { type Entry, type EntryPart, type EntryStore, inBatches } from '../transfer/entry-store.ts';
import { readEntries, toJson } from '../transfer/json-lines.ts';

/** The entries of a bucket of a running host. */
export class RemoteEntries implements EntryStore {
  readonly #host: DevNote;
  readonly #bucket: string;

  constructor(host: DevNote, bucket: string) {
    this.#host = host;
    this.#bucket = bucket;
  }

  async describe(): Promise<BucketInfo> {
    return v.parse(bucketInfo, await (await this.#fetch('GET', 'bucket', {})).json());
  }

  /** All buckets of the host, whichever this one is. */
  async buckets(): Promise<string[]> {
    const response = await this.#fetch('GET', 'buckets', { stored: 'too' });
    const { buckets } = v.parse(bucketList, await response.json());
    return buckets.filter(({ served }) => served === 'store').map(({ bucket }) => bucket);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const response = await this.#fetch('GET', 'value', { key }, { absent: 404 });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return response.status === 404 ? undefined : bytes;
  }

  async set(key: string, value: Uint8Array, ttl?: number): Promise<void> {
    await this.#fetch(
      'PUT',
      'value',
      { key, ...(ttl === undefined ? {} : { ttl: String(ttl) }) },
      { body: value },
    );
  }

  async delete(key: string): Promise<void> {
    await this.#fetch('DELETE', 'value', { key });
  }

  async list(cursor: string | undefined, prefix: string): Promise<KeyPage> {
    const response = await this.#fetch('GET', 'keys', {
      prefix,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const { keys, cursor: next } = v.parse(keyPage, await response.json());
    return { keys, cursor: next };
  }

  async *read(cursor: string | undefined, prefix: string): AsyncGenerator<EntryPart> {
    let next = cursor;
    do {
      const query = { prefix, page: 'one', ...(next === undefined ? {} : { cursor: next }) };
      const response = await this.#fetch('GET', 'export', query);
      const after = response.headers.get('kvasi-cursor');
      next = after === null ? undefined : decodeURIComponent(after);
      if (response.body !== null) {
        for await (const entries of inBatches(readEntries(response.body))) yield { entries };
      }
      if (next !== undefined) yield { entries: [], resume: next };
    } while (next !== undefined);
  }

  async write(entries: readonly Entry[]): Promise<void> {
    await this.#fetch('POST', 'import', {}, { body: `${entries.map(toJson).join('\n')}\n` });
  }

  async #fetch(
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
    { body, absent }: { body?: string | Uint8Array; absent?: number } = {},
  ): Promise<Response> {
    return await askHost(this.#host, {
      method,
      path,
      query: path === 'buckets' ? query : { bucket: this.#bucket, ...query },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      known: absent,
    });
  }
}
