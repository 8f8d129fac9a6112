import { type Backend, type Bucket, type MaybePromise, StoreError } from '../backends/backend.ts';
import type { BackendSettings, KeyvalueSettings } from '../config/settings.ts';
import { ruleFor } from '../config/settings.ts';
import type { Stores } from '../wasi/keyvalue/stores.ts';

/** The stores of one guest thread: opened when a guest first asks for them, and kept. */
export class ThreadStores implements Stores {
  readonly #settings: KeyvalueSettings;
  readonly #inMemory: Backend;
  readonly #buckets = new Map<string, Bucket>();

  constructor(settings: KeyvalueSettings, inMemory: Backend) {
    this.#settings = settings;
    this.#inMemory = inMemory;
  }

  open(identifier: string): MaybePromise<Bucket> {
    const known = this.#buckets.get(identifier);
    if (known !== undefined) return known;
    const rule = ruleFor(this.#settings, identifier);
    if (rule === 'deny')
      throw new StoreError('access-denied', `bucket '${identifier}' is denied by the configuration`);
    if (rule === 'no-such-store') throw new StoreError('no-such-store', `there is no bucket '${identifier}'`);
    const bucket = this.#backend(rule).open(identifier);
    if (bucket instanceof Promise) return bucket.then((opened) => this.#keep(identifier, opened));
    return this.#keep(identifier, bucket);
  }

  #keep(identifier: string, bucket: Bucket): Bucket {
    this.#buckets.set(identifier, bucket);
    return bucket;
  }

  /** In memory is the one backend there is; the configuration warns about the others. */
  #backend(_settings: BackendSettings): Backend {
    return this.#inMemory;
  }
}
