import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { type Backend, type Bucket, StoreError } from './backends/backend.ts';
import type { BackendContext } from './backends/definition.ts';
import { largestKey, largestValue } from './backends/limits.ts';
import { type KeySettings, UniformBackend } from './backends/uniform-backend.ts';
import type { BackendSettings } from './configuration/backend-settings.ts';
import { type KeyvalueSettings, labelledBucket, ruleFor } from './configuration/store-rules.ts';
import { connectBackend } from './connect-backend.ts';
import type { GuestStores, Stores } from './stores.ts';

/** How many buckets are kept open; of more the one that was opened first is opened again when it is asked for. */
const mostOpen = 10_000;

/** The stores of one thread, a worker's or the main thread's: connected when first asked for, and kept. */
export class ThreadStores implements Stores, GuestStores {
  readonly #settings: KeyvalueSettings;
  readonly #inMemory: UniformBackend;
  readonly #context: BackendContext;
  readonly #buckets = new Map<string, Bucket>();
  /** By what the configuration says of them, so that two identifiers of one store share its connection. */
  readonly #backends = new Map<
    string,
    { readonly place: BackendSettings; readonly backend: Promise<UniformBackend> }
  >();

  #isClosed = false;

  /** @param inMemory the in-memory buckets, which several threads share */
  constructor(settings: KeyvalueSettings, inMemory: Backend, context: BackendContext) {
    this.#settings = settings;
    this.#inMemory = new UniformBackend(inMemory, { largestKey, largestValue, keyTtl: true });
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

  hasLabel(text: string): boolean {
    return labelledBucket(this.#settings, text) !== undefined;
  }

  /** The store of a rule, for what no component can ask for. Names of buckets there begin with the rule's `namespace`. */
  async store(rule: BackendSettings): Promise<UniformBackend> {
    return await this.#backend(partsOf(rule).place);
  }

  async bucketsOf(rule: BackendSettings, start: string): Promise<readonly string[]> {
    const { place, namespace } = partsOf(rule);
    const names = await (await this.#backend(place)).buckets?.(namespace + start);
    return (names ?? []).map((name) => name.slice(namespace.length));
  }

  /**
   * Closes what was connected, and connects nothing any more; the in-memory backend is its owner's. Operations that are under way fail.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.disconnect(() => true);
  }

  /** Closes the stores that are meant. What is needed again is connected again. */
  async disconnect(isMeant: (place: BackendSettings) => boolean): Promise<void> {
    const meant = [...this.#backends].filter(([, { place }]) => isMeant(place));
    for (const [key] of meant) this.#backends.delete(key);
    if (meant.length > 0) this.#buckets.clear();
    const backends = await Promise.allSettled(meant.map(([, { backend }]) => backend));
    for (const backend of backends) if (backend.status === 'fulfilled') await backend.value.close();
  }

  #connect(identifier: string, rule: BackendSettings): MaybePromise<Bucket> {
    const { place, settings } = partsOf(rule);
    const own = labelledBucket(this.#settings, identifier)?.name ?? identifier;
    const name = nameIn(rule, own);
    // Errors have the name that was asked for, also where the store has one bucket for all.
    const shown = name === '' ? own : name;
    const open = (backend: UniformBackend): MaybePromise<Bucket> =>
      this.#keep(identifier, backend.open(name, settings, shown));
    const backend = this.#backend(place);
    return backend instanceof Promise ? backend.then(open) : open(backend);
  }

  #keep(identifier: string, bucket: MaybePromise<Bucket>): MaybePromise<Bucket> {
    if (bucket instanceof Promise) return bucket.then((opened) => this.#keep(identifier, opened));
    this.#buckets.set(identifier, bucket);
    const [first] = this.#buckets.size > mostOpen ? this.#buckets.keys() : [];
    if (first !== undefined) this.#buckets.delete(first);
    return bucket;
  }

  #backend(place: BackendSettings): MaybePromise<UniformBackend> {
    if (place.kind === 'in_memory') return this.#inMemory;
    const key = JSON.stringify(place);
    const known = this.#backends.get(key);
    if (known !== undefined) return known.backend;
    if (this.#isClosed) return Promise.reject(new StoreError('other', `${place.kind}: the host is closed`));
    const backend = connectBackend(place, this.#context);
    this.#backends.set(key, { place, backend });
    // A backend that could not be made ready is tried again at the next opening.
    backend.catch(() => {
      if (this.#backends.get(key)?.backend === backend) this.#backends.delete(key);
    });
    return backend;
  }
}

/** What the store of a rule calls a bucket. */
export function nameIn(rule: BackendSettings, name: string): string {
  const { namespace = '' } = rule;
  return rule.kind === 'redis' && rule.isFlat === true ? namespace : namespace + name;
}

/** Where the buckets of a rule are, how they are kept, and what begins their names there. */
function partsOf(rule: BackendSettings) {
  const { ttl, prefix, counters, seed: _, namespace = '', ...where } = rule;
  // With a namespace there are buckets again, of which only the one without a name is used.
  const place = namespace !== '' && where.kind === 'redis' ? { kind: where.kind, url: where.url } : where;
  const settings: KeySettings = {
    ...(ttl === undefined ? {} : { ttl }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(counters === undefined ? {} : { counters }),
  };
  return { place, settings, namespace };
}
