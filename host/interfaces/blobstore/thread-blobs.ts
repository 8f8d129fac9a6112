import { type BlobBackend, BlobError } from './backends/backend.ts';
import { type BlobContext, largestName } from './backends/definition.ts';
import { loadBlobBackend } from './backends/registry.ts';
import { UniformBlobs } from './backends/uniform-backend.ts';
import type { BlobSettings } from './configuration/blob-settings.ts';

/** How long a single step on a store may take in a host, in milliseconds. */
export const blobTimeout = 5000;

/** The store of one thread, a worker's or the main thread's: connected when first asked for, and kept. */
export class ThreadBlobs {
  readonly #settings: BlobSettings;
  readonly #inMemory: BlobBackend | undefined;
  readonly #context: BlobContext;
  #store: Promise<UniformBlobs> | undefined;
  #isClosed = false;

  /** @param inMemory the blobs in memory, which the threads of a host share; undefined where there is no host */
  constructor(settings: BlobSettings, inMemory: BlobBackend | undefined, context: BlobContext) {
    this.#settings = settings;
    this.#inMemory = inMemory;
    this.#context = context;
  }

  /** Rejects with a `BlobError` where it can't be made ready; then it is tried again the next time. */
  readonly store = (): Promise<UniformBlobs> => {
    if (this.#store !== undefined) return this.#store;
    if (this.#isClosed) return Promise.reject(new BlobError('other', 'the host is closed'));
    const store = this.#connect();
    this.#store = store;
    store.catch(() => {
      if (this.#store === store) this.#store = undefined;
    });
    return store;
  };

  /** Closes what was connected, and connects nothing any more; the blobs in memory are their owner's. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.disconnect();
  }

  /** Closes the store. What is needed again is connected again. */
  async disconnect(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    if (store === undefined) return;
    const [opened] = await Promise.allSettled([store]);
    if (opened.status === 'fulfilled' && this.#settings.kind !== 'in_memory') await opened.value.close();
  }

  async #connect(): Promise<UniformBlobs> {
    const { kind, namespace, seed: _, ...options } = this.#settings;
    if (kind === 'in_memory') {
      if (this.#inMemory === undefined)
        throw new BlobError('other', 'what is in memory is in that of a host');
      return new UniformBlobs(this.#inMemory, { largestName });
    }
    const definition = await loadBlobBackend(kind);
    const backend = await definition.connect(options, this.#context);
    return new UniformBlobs(backend, { largestName: definition.capabilities.largestName, namespace });
  }
}
