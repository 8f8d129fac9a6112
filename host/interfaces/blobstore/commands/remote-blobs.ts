import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import * as v from 'valibot';
import { askHost } from '../../../inspector/client/ask-host.ts';
import type { DevNote } from '../../../inspector/client/dev-note.ts';
import { HostError, reasonOf } from '../../../shared/host-error.ts';
import type { ObjectId } from '../backends/backend.ts';
import { containerList } from '../inspector/blob-schemas.ts';
import type { BlobStore, OpenObject } from './blob-store.ts';

/** How many names are given at once. */
const namesAtOnce = 1000;

/** What is sent to a route. */
interface Sent {
  readonly json?: unknown;
  readonly parts?: AsyncIterable<Uint8Array>;
  /** A status that is no failure. */
  readonly known?: number;
}

/** The blobs of a running host. */
export class RemoteBlobs implements BlobStore {
  readonly #host: DevNote;
  readonly #place: string;

  private constructor(host: DevNote, place: string) {
    this.#host = host;
    this.#place = place;
  }

  static async open(host: DevNote): Promise<RemoteBlobs> {
    const { place } = await new RemoteBlobs(host, '').#list();
    return new RemoteBlobs(host, place);
  }

  get name(): string {
    // What is in memory ends with the host that has it.
    const owner = this.#place === 'in_memory' ? ` of kvasi dev (pid ${this.#host.pid})` : '';
    return `blobs in ${this.#place}${owner}`;
  }

  async containers(): Promise<readonly string[]> {
    return (await this.#list()).containers.map(({ container }) => container);
  }

  async ensure(container: string): Promise<void> {
    await this.#fetch('POST', 'containers', {}, { json: { container }, known: 409 });
  }

  async deleteContainer(container: string): Promise<void> {
    await this.#fetch('DELETE', 'containers', { container });
  }

  async *objects(container: string, prefix: string): AsyncGenerator<readonly string[]> {
    const response = await this.#fetch('GET', 'objects', { container, prefix });
    if (response.body === null) return;
    const lines = createInterface({ input: Readable.fromWeb(response.body as ReadableStream) });
    let names: string[] = [];
    for await (const line of lines) {
      names.push(v.parse(v.string(), JSON.parse(line)));
      if (names.length < namesAtOnce) continue;
      yield names;
      names = [];
    }
    yield names;
  }

  async read(id: ObjectId): Promise<OpenObject> {
    const response = await this.#fetch('GET', 'object', { ...id });
    const body = Readable.fromWeb((response.body ?? new Blob([]).stream()) as ReadableStream);
    return {
      size: Number(response.headers.get('kvasi-size')),
      parts: this.#parts(body),
      async [Symbol.asyncDispose]() {
        body.destroy();
      },
    };
  }

  async write(id: ObjectId, parts: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#fetch('PUT', 'object', { ...id }, { parts });
  }

  async delete(container: string, objects: readonly string[]): Promise<void> {
    for (const object of objects) await this.#fetch('DELETE', 'object', { container, object });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #list(): Promise<v.InferOutput<typeof containerList>> {
    return v.parse(containerList, await (await this.#fetch('GET', 'containers', {})).json());
  }

  async *#parts(body: Readable): AsyncGenerator<Uint8Array> {
    try {
      for await (const part of body) yield part as Uint8Array;
    } catch (cause) {
      throw new HostError('backend', `kvasi dev broke the object off: ${reasonOf(cause)}.`, { cause });
    }
  }

  async #fetch(
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
    { json, parts, known }: Sent = {},
  ): Promise<Response> {
    let failed: unknown;
    const body =
      parts === undefined
        ? json === undefined
          ? undefined
          : JSON.stringify(json)
        : Readable.toWeb(
            Readable.from(
              noting(parts, (error) => {
                failed = error;
              }),
              { objectMode: false },
            ),
          );
    try {
      return await askHost(this.#host, {
        method,
        path,
        query,
        headers: json === undefined ? undefined : { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: body as string }),
        known,
      });
    } catch (error) {
      // What could not be read, or that the command is to end; not where the host has answered.
      const isUnanswered = error instanceof HostError && error.cause !== undefined;
      throw isUnanswered && failed !== undefined ? failed : error;
    }
  }
}

/** The same parts; tells why they could not all be had. */
async function* noting(
  parts: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* parts;
  } catch (error) {
    failed(error);
    throw error;
  }
}
