import { BlobError, type ObjectId } from '../../interfaces/blobstore/backends/backend.ts';
import type { Blobs } from '../../interfaces/blobstore/backends/uniform-backend.ts';
import { bytesOf, requireText } from '../arguments.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A container of blobs as a test uses it, past the component. Calls reject with a `BlobError` where the store does, and with a `HostError`
 * for a name or value that is none, and where the host is closed.
 */
export class TestContainer {
  readonly #name: string;
  readonly #use: <T>(act: (store: Blobs) => Promise<T>) => Promise<T>;

  /** @param use does something with the store */
  constructor(name: string, use: <T>(act: (store: Blobs) => Promise<T>) => Promise<T>) {
    this.#name = name;
    this.#use = use;
  }

  /** Whether there is such a container. */
  async exists(): Promise<boolean> {
    return await this.#use((store) => store.containerExists(this.#name));
  }

  /** Makes the container. Does nothing where there is one. */
  async create(): Promise<void> {
    await this.#use((store) => this.#ensure(store));
  }

  /** Deletes the container with all its objects. Does nothing where there is none. */
  async remove(): Promise<void> {
    await this.#use(async (store) => {
      if (await store.containerExists(this.#name)) await store.deleteContainer(this.#name);
    });
  }

  /** The bytes of an object, or undefined where there is none. */
  async get(object: string): Promise<Uint8Array | undefined> {
    const id = this.#id('get', object);
    return await this.#use(async (store) => {
      if (!(await this.#has(store, id))) return undefined;
      const download = await store.read(id);
      try {
        const bytes = new Uint8Array(download.length);
        let at = 0;
        for (let chunk = await download.read(); chunk !== undefined; chunk = await download.read()) {
          bytes.set(chunk, at);
          at += chunk.length;
        }
        return bytes;
      } finally {
        download.close();
      }
    });
  }

  /** The object as UTF-8 text. Rejects with a `TypeError` where it is none. */
  async getText(object: string): Promise<string | undefined> {
    const bytes = await this.get(object);
    if (bytes === undefined) return undefined;
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      const what = `the object ${JSON.stringify(object)} is no UTF-8 text`;
      throw new TypeError(`${what}; container.get answers its bytes`, { cause });
    }
  }

  /** Writes an object, and makes the container where there is none. @param value a text is stored as UTF-8 */
  async set(object: string, value: string | Uint8Array): Promise<void> {
    const id = this.#id('set', object);
    const bytes = bytesOf(`the value of ${JSON.stringify(object)} for container.set`, value);
    await this.#use(async (store) => {
      await this.#ensure(store);
      const upload = await store.write(id);
      try {
        await upload.write(Uint8Array.from(bytes));
        await upload.finish();
      } finally {
        await upload.abort();
      }
    });
  }

  /** Whether there is such an object. */
  async has(object: string): Promise<boolean> {
    const id = this.#id('has', object);
    return await this.#use((store) => this.#has(store, id));
  }

  /** The size of an object in bytes, or undefined where there is none. */
  async size(object: string): Promise<number | undefined> {
    const id = this.#id('size', object);
    return await this.#use(async (store) =>
      (await this.#has(store, id)) ? (await store.objectInfo(id)).size : undefined,
    );
  }

  /** Does nothing where there is no such object. */
  async delete(object: string): Promise<void> {
    requireText('the object of container.delete', object);
    await this.#use((store) => store.delete(this.#name, [object]));
  }

  /** The names of all objects, sorted; none where there is no such container. */
  async objects(): Promise<string[]> {
    return await this.#use(async (store) => {
      if (!(await store.containerExists(this.#name))) return [];
      const names: string[] = [];
      for await (const some of store.objects(this.#name)) names.push(...some);
      return names.sort();
    });
  }

  /** All objects with their bytes, sorted by name. */
  async entries(): Promise<[object: string, value: Uint8Array][]> {
    const entries: [string, Uint8Array][] = [];
    for (const object of await this.objects()) {
      const value = await this.get(object);
      if (value !== undefined) entries.push([object, value]);
    }
    return entries;
  }

  /** Deletes every object. */
  async clear(): Promise<void> {
    await this.#use((store) => store.clear(this.#name));
  }

  #id(method: string, object: string): ObjectId {
    requireText(`the object of container.${method}`, object);
    return { container: this.#name, object };
  }

  async #has(store: Blobs, id: ObjectId): Promise<boolean> {
    return (await store.containerExists(this.#name)) && (await store.hasObject(id));
  }

  async #ensure(store: Blobs): Promise<void> {
    try {
      if (!(await store.containerExists(this.#name))) await store.createContainer(this.#name);
    } catch (error) {
      // The component has made it meanwhile.
      if (!(error instanceof BlobError) || error.case !== 'container-already-exists') throw error;
    }
  }
}
