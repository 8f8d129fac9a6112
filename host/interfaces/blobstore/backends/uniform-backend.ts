import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import {
  type BlobBackend,
  BlobError,
  type ContainerInfo,
  type Download,
  noSuchContainer,
  noSuchObject,
  type ObjectId,
  type ObjectInfo,
  shownName,
} from './backend.ts';
import { ChunkWriter } from './chunks.ts';
import { checkName } from './names.ts';
import { uniformError } from './uniform-errors.ts';

/** The last byte that can be asked for: what a number tells exactly. */
const lastByte = BigInt(Number.MAX_SAFE_INTEGER) - 1n;

/** How a store is used by one host. */
interface UniformOptions {
  /** In bytes of UTF-8. */
  readonly largestName: number;
  /** Text in front of the names of containers in the store, which whoever uses them does not see. Default: none. */
  readonly namespace?: string | undefined;
  /** Whether a container is one of another store, which is not reached by its name. Default: none is. */
  readonly isOfOther?: ((name: string) => boolean) | undefined;
}

/** What everybody does with a store of blobs. */
export type Blobs = Pick<UniformBlobs, keyof UniformBlobs>;

/**
 * A store as guests, commands and tests have it. What is to be the same on every backend is decided here: names are held to their limits,
 * ranges are those of the WIT, whatever is written comes in chunks, and errors say what failed.
 */
export class UniformBlobs {
  readonly #backend: BlobBackend;
  readonly #largestName: number;
  readonly #namespace: string;
  readonly #isOfOther: (name: string) => boolean;

  constructor(
    backend: BlobBackend,
    { largestName, namespace = '', isOfOther = () => false }: UniformOptions,
  ) {
    this.#isOfOther = isOfOther;
    this.#backend = backend;
    this.#largestName = largestName;
    this.#namespace = namespace;
  }

  async createContainer(name: string): Promise<void> {
    await this.#make(`creation of container ${shownName(name)}`, () =>
      this.#backend.createContainer(this.#container(name)),
    );
  }

  async deleteContainer(name: string): Promise<void> {
    await this.#make(`deletion of container ${shownName(name)}`, () =>
      this.#backend.deleteContainer(this.#container(name)),
    );
  }

  /** Rejects with `no-such-container` where there is none. */
  async containerInfo(name: string): Promise<ContainerInfo> {
    return await this.#make(`info of container ${shownName(name)}`, async () => {
      const info = await this.#backend.containerInfo(this.#container(name));
      if (info === undefined) throw noSuchContainer(name);
      return info;
    });
  }

  async containerExists(name: string): Promise<boolean> {
    return await this.#make(
      `look for container ${shownName(name)}`,
      async () => (await this.#backend.containerInfo(this.#container(name))) !== undefined,
    );
  }

  /** All containers, sorted. */
  async containers(): Promise<string[]> {
    return await this.#make('listing of the containers', async () => {
      const names: string[] = [];
      for await (const some of this.#backend.containers()) {
        for (const name of some) {
          if (!name.startsWith(this.#namespace)) continue;
          const own = name.slice(this.#namespace.length);
          if (!this.#isOfOther(own)) names.push(own);
        }
      }
      return names.sort();
    });
  }

  /** Rejects with `no-such-object` where there is none. */
  async objectInfo(id: ObjectId): Promise<ObjectInfo> {
    return await this.#make(`info of ${shownId(id)}`, async () => {
      const { container, object } = this.#id(id);
      const info = await this.#backend.objectInfo(container, object);
      if (info === undefined) throw noSuchObject(id);
      return info;
    });
  }

  async hasObject(id: ObjectId): Promise<boolean> {
    return await this.#make(`look for ${shownId(id)}`, async () => {
      const { container, object } = this.#id(id);
      return (await this.#backend.objectInfo(container, object)) !== undefined;
    });
  }

  /** Rejects when the first names are asked for where there is no such container. */
  async *objects(name: string, prefix = ''): AsyncGenerator<readonly string[], void, undefined> {
    try {
      for await (const names of this.#backend.objects(this.#container(name), prefix)) {
        if (names.length > 0) yield names;
      }
    } catch (error) {
      throw uniformError(error, `listing of container ${shownName(name)}`);
    }
  }

  /**
   * Opens an object from its byte `start` to its byte `end`, both of which belong to it. What lies behind the end of the object is
   * left out, and where nothing else was asked for, nothing is answered. Rejects with `no-such-object`.
   */
  async read(id: ObjectId, start = 0n, end = lastByte): Promise<Download> {
    const what = `read of ${shownId(id)}`;
    return await this.#make(what, async () => {
      const { container, object } = this.#id(id);
      const from = Number(start < lastByte ? start : lastByte);
      const to = Number(end < lastByte ? end : lastByte) + 1;
      const download = await this.#backend.read(container, object, from, Math.max(from, to));
      if (download === undefined) throw noSuchObject(id);
      return new UniformDownload(download, what);
    });
  }

  /** Begins to write an object; nobody sees anything of it before it is finished. */
  async write(id: ObjectId): Promise<UniformUpload> {
    const what = `write of ${shownId(id)}`;
    return await this.#make(what, async () => {
      const { container, object } = this.#id(id);
      const upload = await this.#backend.write(container, object);
      return new UniformUpload(new ChunkWriter(upload, this.#backend.chunkSize), what);
    });
  }

  async delete(name: string, objects: readonly string[]): Promise<void> {
    const [first] = objects;
    const what =
      objects.length === 1 && first !== undefined
        ? shownId({ container: name, object: first })
        : `${objects.length} objects in container ${shownName(name)}`;
    await this.#make(`deletion of ${what}`, () => {
      for (const object of objects) checkName(object, this.#largestName, 'object');
      return this.#backend.delete(this.#container(name), objects);
    });
  }

  async clear(name: string): Promise<void> {
    await this.#make(`clearing of container ${shownName(name)}`, () =>
      this.#backend.clear(this.#container(name)),
    );
  }

  /** Rejects with `no-such-object`, or `no-such-container` for either of the two. */
  async copy(source: ObjectId, target: ObjectId): Promise<void> {
    await this.#transfer('copy', source, target);
  }

  /** The same, and the source is gone. */
  async move(source: ObjectId, target: ObjectId): Promise<void> {
    await this.#transfer('move', source, target);
  }

  close(): MaybePromise<void> {
    return this.#backend.close();
  }

  async #transfer(how: 'copy' | 'move', source: ObjectId, target: ObjectId): Promise<void> {
    await this.#make(`${how} of ${shownId(source)} to ${shownId(target)}`, async () => {
      const [from, to] = [this.#id(source), this.#id(target)];
      if (from.container !== to.container || from.object !== to.object) {
        await this.#backend[how](from, to);
      } else if ((await this.#backend.objectInfo(from.container, from.object)) === undefined) {
        throw noSuchObject(source);
      }
    });
  }

  #container(name: string): string {
    checkName(name, this.#largestName, 'container');
    if (this.#isOfOther(name))
      throw new BlobError(
        'access-denied',
        `container ${shownName(name)} is reached through the import with its label alone`,
      );
    return this.#namespace + name;
  }

  #id({ container, object }: ObjectId): ObjectId {
    checkName(object, this.#largestName, 'object');
    return { container: this.#container(container), object };
  }

  async #make<T>(what: string, act: () => MaybePromise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw uniformError(error, what);
    }
  }
}

/** A part of an object that is read. */
class UniformDownload implements Download {
  readonly #download: Download;
  readonly #what: string;

  constructor(download: Download, what: string) {
    this.#download = download;
    this.#what = what;
  }

  get size(): number {
    return this.#download.size;
  }

  get length(): number {
    return this.#download.length;
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      return await this.#download.read();
    } catch (error) {
      throw uniformError(error, this.#what);
    }
  }

  close(): void {
    this.#download.close();
  }
}

/** An object that is written. */
export class UniformUpload {
  readonly #writer: ChunkWriter;
  readonly #what: string;
  #size = 0;

  constructor(writer: ChunkWriter, what: string) {
    this.#writer = writer;
    this.#what = what;
  }

  /** How many bytes were written. */
  get size(): number {
    return this.#size;
  }

  /** Takes the bytes over. Called one at a time. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      this.#size += bytes.length;
      await this.#writer.write(bytes);
    } catch (error) {
      throw uniformError(error, this.#what);
    }
  }

  /** Puts the object in its place. */
  async finish(): Promise<void> {
    try {
      await this.#writer.finish();
    } catch (error) {
      throw uniformError(error, this.#what);
    }
  }

  /** The object of before stays. Never rejects. */
  async abort(): Promise<void> {
    try {
      await this.#writer.abort();
    } catch (error) {
      // What is left of it is removed by whoever opens the store later.
      if (!(error instanceof BlobError)) throw error;
    }
  }
}

function shownId({ container, object }: ObjectId): string {
  return `object ${shownName(object)} in container ${shownName(container)}`;
}
