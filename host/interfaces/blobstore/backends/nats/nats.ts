import { JetStreamApiCodes, jetstream } from '@nats-io/jetstream';
import { Objm } from '@nats-io/obj';
import { NatsConnection, type Session } from '../../../keyvalue/backends/nats/nats-connection.ts';
import {
  type BlobBackend,
  type BlobError,
  type ContainerInfo,
  containerExists,
  type Download,
  noSuchObject,
  type ObjectId,
  type ObjectInfo,
  type Upload,
} from '../backend.ts';
import { copyThrough } from '../copy-through.ts';
import { type BlobContext, type BlobDefinition, largestName } from '../definition.ts';
import { NatsDownload } from './nats-download.ts';
import { isApiError, natsFailure } from './nats-failures.ts';
import { chunkSubject, type ObjectMeta, readMeta, writeMeta } from './nats-meta.ts';
import { containerOfStream, nameOfStored, storeOf, storePrefix } from './nats-names.ts';
import { type During, NatsUpload } from './nats-upload.ts';

/** How many names of a listing are given at once. */
const namesAtOnce = 1000;
/** As other clients have it. */
const chunkSize = 128 * 1024;

/** Object stores of NATS JetStream, laid out as every client and wash have them: one for each container. */
export const nats: BlobDefinition<{ readonly url: string }> = {
  name: 'nats',
  capabilities: {
    durable: true,
    shared: true,
    reading: 'may fail',
    largestName,
    largestObject: undefined,
  },
  connect: ({ url }, context) => new NatsBlobs(url, context),
};

class NatsBlobs implements BlobBackend {
  readonly chunkSize = chunkSize;
  readonly #connection: NatsConnection;
  readonly #context: BlobContext;

  constructor(url: string, context: BlobContext) {
    this.#context = context;
    this.#connection = new NatsConnection({ url, tls: undefined }, context);
  }

  async createContainer(name: string): Promise<void> {
    await this.#during(name, async ({ client, manager }) => {
      const stream = storePrefix + storeOf(name);
      try {
        await manager.streams.info(stream);
      } catch (error) {
        if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
        await new Objm(jetstream(client)).create(storeOf(name));
        return;
      }
      throw containerExists(name);
    });
  }

  async deleteContainer(name: string): Promise<void> {
    await this.#during(name, ({ manager }) => manager.streams.delete(storePrefix + storeOf(name)));
  }

  async containerInfo(name: string): Promise<ContainerInfo | undefined> {
    return await this.#during(name, async ({ manager }) => {
      try {
        const { created } = await manager.streams.info(storePrefix + storeOf(name));
        return { created: Date.parse(String(created)) };
      } catch (error) {
        if (isApiError(error, JetStreamApiCodes.StreamNotFound)) return undefined;
        throw error;
      }
    });
  }

  async *containers(): AsyncGenerator<readonly string[]> {
    yield await this.#during(undefined, async ({ manager }) => {
      const names: string[] = [];
      for await (const { config } of manager.streams.list()) {
        const name = containerOfStream(config.name);
        if (name !== undefined) names.push(name);
      }
      return names;
    });
  }

  async objectInfo(container: string, object: string): Promise<ObjectInfo | undefined> {
    const info = await this.#info(container, object);
    return info && { created: Date.parse(info.mtime), size: info.size };
  }

  async *objects(container: string, prefix: string): AsyncGenerator<readonly string[]> {
    const infos = await this.#during(container, async ({ client, manager }) => {
      await manager.streams.info(storePrefix + storeOf(container));
      return await (await new Objm(jetstream(client)).open(storeOf(container), false)).list();
    });
    const names = infos.map(({ name }) => nameOfStored(name));
    const wanted = names.filter((name) => name.startsWith(prefix));
    for (let at = 0; at < wanted.length; at += namesAtOnce) yield wanted.slice(at, at + namesAtOnce);
  }

  async read(container: string, object: string, start: number, end: number): Promise<Download | undefined> {
    const info = await this.#info(container, object);
    if (info === undefined) return undefined;
    const store = storeOf(container);
    const chunks = { stream: storePrefix + store, subject: chunkSubject(store, info.nuid), size: info.size };
    return new NatsDownload(this.#connection, chunks, start, end, (error) => this.#failed(error, container));
  }

  async write(container: string, object: string): Promise<Upload> {
    await this.#during(container, ({ manager }) => manager.streams.info(storePrefix + storeOf(container)));
    const during: During = (act) => this.#during(container, act);
    return new NatsUpload({ container, object }, chunkSize, during, () => this.#context.now());
  }

  async delete(container: string, objects: readonly string[]): Promise<void> {
    if (objects.length === 0) await this.#info(container, '');
    for (const object of objects) {
      const info = await this.#info(container, object);
      if (info === undefined) continue;
      const gone = { ...info, deleted: true, size: 0, chunks: 0, digest: '' };
      const store = storeOf(container);
      await this.#during(container, async (session) => {
        await writeMeta(session, store, object, gone);
        await session.manager.streams.purge(storePrefix + store, { filter: chunkSubject(store, info.nuid) });
      });
    }
  }

  async clear(container: string): Promise<void> {
    for await (const names of this.objects(container, '')) await this.delete(container, names);
  }

  async copy(source: ObjectId, target: ObjectId): Promise<void> {
    await copyThrough(this, source, target);
  }

  async move(source: ObjectId, target: ObjectId): Promise<void> {
    if ((await this.#info(source.container, source.object)) === undefined) throw noSuchObject(source);
    await copyThrough(this, source, target);
    await this.delete(source.container, [source.object]);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #info(container: string, object: string): Promise<ObjectMeta | undefined> {
    return await this.#during(container, (session) => readMeta(session, storeOf(container), object));
  }

  async #during<T>(container: string | undefined, act: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.during(this.#connection.link.deadline(), act);
    } catch (error) {
      throw this.#failed(error, container);
    }
  }

  #failed(error: unknown, container: string | undefined): BlobError {
    return natsFailure(this.#connection, error, container);
  }
}
