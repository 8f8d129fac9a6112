import type { ObjectId } from '../backends/backend.ts';
import { BlobError } from '../backends/backend.ts';
import type { Blobs } from '../backends/uniform-backend.ts';
import { partsOf, writeObject } from '../copy-object.ts';

/** A store as the commands use it, be it here or that of a running host. */
export interface BlobStore extends AsyncDisposable {
  /** For people: `blobs in filesystem /home/me/blobs`. */
  readonly name: string;
  containers(): Promise<readonly string[]>;
  /** Makes a container where there is none. */
  ensure(container: string): Promise<void>;
  deleteContainer(container: string): Promise<void>;
  objects(container: string, prefix: string): AsyncIterable<readonly string[]>;
  /** Opens an object. */
  read(id: ObjectId): Promise<OpenObject>;
  write(id: ObjectId, parts: AsyncIterable<Uint8Array>): Promise<void>;
  delete(container: string, objects: readonly string[]): Promise<void>;
}

/** An object that is read. */
export interface OpenObject extends AsyncDisposable {
  /** In bytes. */
  readonly size: number;
  readonly parts: AsyncIterable<Uint8Array>;
}

/** A store that is opened here. */
export class LocalBlobs implements BlobStore {
  readonly name: string;
  readonly #store: Blobs;
  readonly #close: () => Promise<void>;

  constructor(name: string, store: Blobs, close: () => Promise<void>) {
    this.name = name;
    this.#store = store;
    this.#close = close;
  }

  containers(): Promise<readonly string[]> {
    return this.#store.containers();
  }

  async ensure(container: string): Promise<void> {
    try {
      if (!(await this.#store.containerExists(container))) await this.#store.createContainer(container);
    } catch (error) {
      // Somebody has made it meanwhile.
      if (!(error instanceof BlobError) || error.case !== 'container-already-exists') throw error;
    }
  }

  async deleteContainer(container: string): Promise<void> {
    await this.#store.deleteContainer(container);
  }

  objects(container: string, prefix: string): AsyncIterable<readonly string[]> {
    return this.#store.objects(container, prefix);
  }

  async read(id: ObjectId): Promise<OpenObject> {
    const download = await this.#store.read(id);
    return {
      size: download.size,
      parts: partsOf(download),
      [Symbol.asyncDispose]: async () => download.close(),
    };
  }

  async write(id: ObjectId, parts: AsyncIterable<Uint8Array>): Promise<void> {
    await writeObject(this.#store, id, parts);
  }

  async delete(container: string, objects: readonly string[]): Promise<void> {
    await this.#store.delete(container, objects);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
