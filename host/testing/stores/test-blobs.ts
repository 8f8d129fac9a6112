import { hostIsClosed } from '../../composition/closed-host.ts';
import type { BlobBackend } from '../../interfaces/blobstore/backends/backend.ts';
import type { Blobs } from '../../interfaces/blobstore/backends/uniform-backend.ts';
import {
  type BlobSettings,
  type BlobStores,
  formatBlobs,
} from '../../interfaces/blobstore/configuration/blob-settings.ts';
import { blobTimeout, ThreadBlobs } from '../../interfaces/blobstore/thread-blobs.ts';
import { isTestName } from '../../interfaces/keyvalue/backends/test-names.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { holdProcess } from '../../shared/process-hold.ts';

/** A connection that nobody uses for this long is closed, in milliseconds: it keeps the process from ending. */
const longestIdle = 100;

/** The blobs of a host as a test uses them, past the component. */
export class TestBlobs {
  readonly #settings: BlobStores;
  readonly #blobs: ThreadBlobs;
  /** Whether the component can store something. */
  readonly #isImported: boolean;
  #isUsed = false;
  #active = 0;
  #resting: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param inMemory the blobs of the component that are in memory */
  constructor(settings: BlobStores, inMemory: BlobBackend, now: () => number, isImported: boolean) {
    this.#settings = settings;
    this.#blobs = new ThreadBlobs(settings, inMemory, { now, operationTimeout: blobTimeout, tell: () => {} });
    this.#isImported = isImported;
  }

  /** Those of imports. */
  get labels(): string[] {
    return [...(this.#settings.labels?.keys() ?? [])];
  }

  /** Does something with the store. Rejects with a `HostError` where the host is closed, before or meanwhile. */
  async use<T>(act: (store: Blobs) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw hostIsClosed();
    this.#isUsed = true;
    using _ = holdProcess();
    clearTimeout(this.#resting);
    this.#active += 1;
    try {
      return await act(await this.#blobs.store());
    } catch (error) {
      throw this.#isClosed ? hostIsClosed(error) : error;
    } finally {
      this.#active -= 1;
      if (this.#active === 0 && !this.#isClosed && this.#all.some(([, { kind }]) => kind === 'nats')) {
        this.#resting = setTimeout(() => void this.#blobs.disconnect().catch(() => {}), longestIdle);
      }
    }
  }

  /** The containers that there are, sorted. */
  async containers(): Promise<string[]> {
    if (!this.#isImported && !this.#isUsed) return [];
    return await this.use((store) => store.containers());
  }

  /** Deletes all containers. */
  async empty(): Promise<void> {
    const names = await this.containers();
    if (names.length > 0) await this.use((store) => removeAll(store, names));
  }

  /** Nothing begins from now on, and what fails does so because the host is closed. */
  shut(): void {
    this.#isClosed = true;
    clearTimeout(this.#resting);
  }

  /**
   * Removes the containers that only this host has on a server that others use too, and closes the connection.
   * @param mayHaveData whether there was a request or an operation that may have left something
   */
  async close(mayHaveData: boolean): Promise<void> {
    this.shut();
    using _ = holdProcess();
    try {
      if (!mayHaveData || !(this.#isImported || this.#isUsed)) return;
      for (const [label, settings] of this.#all) {
        if (isTestName(settings.namespace ?? '')) await this.#removeOwn(label, settings);
      }
    } finally {
      await this.#blobs.close();
    }
  }

  get #all(): [label: string | undefined, settings: BlobSettings][] {
    return [[undefined, this.#settings], ...(this.#settings.labels ?? [])];
  }

  async #removeOwn(label: string | undefined, settings: BlobSettings): Promise<void> {
    try {
      const store = await this.#blobs.storeOf(label);
      await removeAll(store, await store.containers());
    } catch (error) {
      const what = `what a test stored in ${formatBlobs(settings)} could not be removed`;
      process.emitWarning(
        `${what} (its containers begin with ${settings.namespace}): ${reasonOf(error)}`,
        'kvasi',
      );
    }
  }
}

async function removeAll(store: Blobs, names: readonly string[]): Promise<void> {
  for (const name of names) await store.deleteContainer(name);
}
