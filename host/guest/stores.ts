import { type Backend, type Bucket, type MaybePromise, StoreError } from '../backends/backend.ts';
import type { BackendContext } from '../backends/definition.ts';
import { type BackendSettings, type KeyvalueSettings, ruleFor } from '../config/settings.ts';
import type { Stores } from '../wasi/keyvalue/stores.ts';
import { type ConnectingSettings, connectBackend } from './connect-backend.ts';

/** How many buckets are kept open; of more the one that was opened first is opened again when it is asked for. */
const mostOpen = 10_000;

/** The stores of one thread, a guest's or the front's: connected when first asked for, and kept. */
export class ThreadStores implements Stores {
  readonly #settings: KeyvalueSettings;
  readonly #inMemory: Backend;
  readonly #context: BackendContext;
  readonly #buckets = new Map<string, Bucket>();
  /** By what the configuration says of them, so that two identifiers of one store share its connection. */
  readonly #backends = new Map<string, Promise<Backend>>();

  constructor(settings: KeyvalueSettings, inMemory: Backend, context: BackendContext) {
    this.#settings = settings;
    this.#inMemory = inMemory;
    this.#context = context;
  }

  open(identifier: string): MaybePromise<Bucket> {
    const known = this.#buckets.get(identifier);
    if (known !== undefined) return known;
    const rule = ruleFor(this.#settings, identifier);
    if (rule === 'deny') {
      throw new StoreError('access-denied', `bucket '${identifier}' is denied by the configuration`);
    }
    if (rule === 'no-such-store') throw new StoreError('no-such-store', `there is no bucket '${identifier}'`);
    return this.#connect(identifier, rule);
  }

  /** Closes what was connected; the in-memory backend is its owner's. */
  async close(): Promise<void> {
    const backends = await Promise.allSettled(this.#backends.values());
    this.#backends.clear();
    this.#buckets.clear();
    for (const backend of backends) if (backend.status === 'fulfilled') await backend.value.close();
  }

  #connect(identifier: string, rule: BackendSettings): MaybePromise<Bucket> {
    const { ttl, prefix, counters, seed: _, ...place } = rule;
    const settings = {
      ...(ttl === undefined ? {} : { ttl }),
      ...(prefix === undefined ? {} : { prefix }),
      ...(counters === undefined ? {} : { counters }),
    };
    if (place.kind === 'in_memory') return this.#keep(identifier, this.#inMemory.open(identifier, settings));
    return this.#backend(place).then(async (backend) =>
      this.#keep(identifier, await backend.open(identifier, settings)),
    );
  }

  #keep(identifier: string, bucket: MaybePromise<Bucket>): MaybePromise<Bucket> {
    if (bucket instanceof Promise) return bucket.then((opened) => this.#keep(identifier, opened));
    this.#buckets.set(identifier, bucket);
    const [first] = this.#buckets.size > mostOpen ? this.#buckets.keys() : [];
    if (first !== undefined) this.#buckets.delete(first);
    return bucket;
  }

  #backend(place: ConnectingSettings): Promise<Backend> {
    const key = JSON.stringify(place);
    let backend = this.#backends.get(key);
    if (backend === undefined) {
      backend = connectBackend(place, this.#context);
      this.#backends.set(key, backend);
      // A backend that could not be made ready is tried again at the next opening.
      backend.catch(() => this.#backends.delete(key));
    }
    return backend;
  }
}
