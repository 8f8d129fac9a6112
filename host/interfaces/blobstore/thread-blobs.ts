import { labelledName } from '../../shared/labelled-name.ts';
import { type BlobBackend, BlobError } from './backends/backend.ts';
import { type BlobContext, largestName } from './backends/definition.ts';
import { loadBlobBackend } from './backends/registry.ts';
import { type Blobs, UniformBlobs } from './backends/uniform-backend.ts';
import type { BlobSettings, BlobStores } from './configuration/blob-settings.ts';
import { LabelledBlobs } from './labelled-blobs.ts';

/** How long a single step on a store may take in a host, in milliseconds. */
export const blobTimeout = 5000;

/** The stores of one thread, a worker's or the main thread's: connected when first asked for, and kept. */
export class ThreadBlobs {
  readonly #settings: BlobStores;
  readonly #inMemory: BlobBackend | undefined;
  readonly #context: BlobContext;
  readonly #stores = new Map<string | undefined, Promise<UniformBlobs>>();
  #isClosed = false;

  /** @param inMemory the blobs in memory, which the threads of a host share; undefined where there is no host */
  constructor(settings: BlobStores, inMemory: BlobBackend | undefined, context: BlobContext) {
    this.#settings = settings;
    this.#inMemory = inMemory;
    this.#context = context;
  }

  /**
   * All containers, those of labels under their addresses. Rejects with a `BlobError` where the store can't be made ready; then it is
   * tried again the next time.
   */
  readonly store = async (): Promise<Blobs> => {
    const labels = [...(this.#settings.labels?.keys() ?? [])];
    if (labels.length === 0) return await this.storeOf(undefined);
    const isThere = (label: string | undefined): boolean =>
      this.#inMemory !== undefined || this.#of(label)?.kind !== 'in_memory';
    return new LabelledBlobs(labels, [undefined, ...labels].filter(isThere), this.storeOf);
  };

  /** The store of imports with a label, or of those without one. Rejects as `store` does. */
  readonly storeOf = (label: string | undefined): Promise<UniformBlobs> => {
    const known = this.#stores.get(label);
    if (known !== undefined) return known;
    if (this.#isClosed) return Promise.reject(new BlobError('other', 'the host is closed'));
    const store = this.#connect(label);
    this.#stores.set(label, store);
    store.catch(() => {
      if (this.#stores.get(label) === store) this.#stores.delete(label);
    });
    return store;
  };

  /** Closes what was connected, and connects nothing any more; the blobs in memory are their owner's. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.disconnect();
  }

  /** Closes the stores. What is needed again is connected again. */
  async disconnect(): Promise<void> {
    const stores = [...this.#stores];
    this.#stores.clear();
    for (const [label, store] of stores) {
      const [opened] = await Promise.allSettled([store]);
      if (opened.status === 'fulfilled' && this.#of(label)?.kind !== 'in_memory') await opened.value.close();
    }
  }

  #of(label: string | undefined): BlobSettings | undefined {
    return label === undefined ? this.#settings : this.#settings.labels?.get(label);
  }

  async #connect(label: string | undefined): Promise<UniformBlobs> {
    const settings = this.#of(label);
    if (settings === undefined) throw new BlobError('other', `no store of blobs has the label ${label}`);
    const { kind, ...place } = settings;
    const { namespace, seed: _, labels: __, ...options }: Partial<BlobStores> = place;
    const isOfOther = label === undefined ? this.#isLabelled : undefined;
    if (kind === 'in_memory') {
      if (this.#inMemory === undefined)
        throw new BlobError('other', 'what is in memory is in that of a host');
      return new UniformBlobs(this.#inMemory, { largestName, namespace, isOfOther });
    }
    const definition = await loadBlobBackend(kind);
    const backend = await definition.connect(options, this.#context);
    return new UniformBlobs(backend, {
      largestName: definition.capabilities.largestName,
      namespace,
      isOfOther,
    });
  }

  readonly #isLabelled = (container: string): boolean =>
    labelledName(container, (label) => this.#settings.labels?.has(label) === true) !== undefined;
}
