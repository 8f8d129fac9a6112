import { hostIsClosed } from '../../composition/closed-host.ts';
import { allKeys } from '../../interfaces/keyvalue/backends/all-keys.ts';
import type { Backend, Bucket } from '../../interfaces/keyvalue/backends/backend.ts';
import { deleteMany } from '../../interfaces/keyvalue/backends/bucket-defaults.ts';
import { OPERATION_TIMEOUT } from '../../interfaces/keyvalue/backends/definition.ts';
import { loadBackendModule } from '../../interfaces/keyvalue/backends/registry.ts';
import { isTestName } from '../../interfaces/keyvalue/backends/test-names.ts';
import type { UniformBackend } from '../../interfaces/keyvalue/backends/uniform-backend.ts';
import type { BackendSettings } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import {
  formatRule,
  type KeyvalueSettings,
  labelledBucket,
  ruleFor,
} from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { nameIn, ThreadStores } from '../../interfaces/keyvalue/open-stores.ts';
import type { Clock } from '../../shared/clock.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { addressOf } from '../../shared/labelled-name.ts';
import { holdProcess } from '../../shared/process-hold.ts';
import { SERVED_BACKENDS } from './own-backend.ts';

/** Whether a backend has its data on a server. */
const isServer = (kind: string): boolean => SERVED_BACKENDS.some((name) => name === kind);
/** Connections that nobody uses for this long are closed, in milliseconds: they keep the process from ending. */
const longestIdle = 100;

/** An identifier under which something may be stored, and where. */
interface Filled {
  readonly identifier: string;
  readonly rule: BackendSettings;
  readonly backend: UniformBackend;
}

/** The stores of a host as a test uses them, past the component. */
export class TestStores {
  readonly #keyvalue: KeyvalueSettings;
  readonly #stores: ThreadStores;
  readonly #connect: () => ThreadStores;
  /** Whether a store may have connections. */
  readonly #mayConnect: boolean;
  /** What the component and the test are known to have opened. */
  readonly #opened = new Set<string>();
  #active = 0;
  #resting: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param inMemory the in-memory buckets of the component */
  constructor(keyvalue: KeyvalueSettings, inMemory: Backend, clock: Clock) {
    this.#keyvalue = keyvalue;
    this.#connect = () =>
      new ThreadStores(keyvalue, inMemory, {
        now: clock.now,
        isMoved: () => clock.isMoved,
        operationTimeout: OPERATION_TIMEOUT,
        tell: () => {},
      });
    this.#stores = this.#connect();
    this.#mayConnect = this.#rules.some(({ kind }) => isServer(kind) || kind === 'module');
  }

  /** Those of imports. */
  get labels(): string[] {
    return [...(this.#keyvalue.labels?.keys() ?? [])];
  }

  /** The component has opened a bucket. */
  opened(identifier: string): void {
    this.#opened.add(identifier);
  }

  /** Does something with a bucket. Rejects with a `HostError` where the host is closed, before or meanwhile. */
  async use<T>(identifier: string, act: (bucket: Bucket) => Promise<T>): Promise<T> {
    return await this.#during(async () => {
      const bucket = await this.#stores.open(identifier);
      this.#opened.add(identifier);
      return await act(bucket);
    });
  }

  /** The identifiers under which something may be stored, whoever has stored it, in order. */
  async identifiers(): Promise<string[]> {
    return await this.#during(async () => (await this.#filled()).map(({ identifier }) => identifier));
  }

  /** Deletes every key that the component could find, also those that have expired by its clock. */
  async empty(): Promise<void> {
    await this.#during(async () => {
      for (const { identifier, rule, backend } of await this.#filled()) {
        const { prefix } = rule;
        const own = labelledBucket(this.#keyvalue, identifier)?.name ?? identifier;
        const bucket =
          rule.kind === 'in_memory'
            ? await this.#stores.open(identifier)
            : await backend.open(nameIn(rule, own), prefix === undefined ? {} : { prefix });
        const keys = new Set<string>();
        for await (const key of allKeys(bucket)) keys.add(key);
        if (keys.size > 0) await deleteMany(bucket, [...keys]);
      }
      this.#opened.clear();
    });
  }

  /** Nothing begins from now on, and what fails does so because the host is closed. */
  shut(): void {
    this.#isClosed = true;
    clearTimeout(this.#resting);
  }

  /**
   * Removes the buckets that only this host has in stores that others use too, and closes all connections.
   * @param mayHaveData whether there was a request or an operation that may have left something
   */
  async close(mayHaveData: boolean): Promise<void> {
    this.shut();
    using _ = holdProcess();
    // What is under way can't write any more when its buckets are removed.
    await this.#stores.close();
    if (!mayHaveData || !this.#rules.some(isOfTest)) return;
    const stores = this.#connect();
    try {
      await this.#removeOwn(stores);
    } finally {
      await stores.close();
    }
  }

  async #during<T>(act: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw hostIsClosed();
    using _ = holdProcess();
    clearTimeout(this.#resting);
    this.#active += 1;
    try {
      return await act();
    } catch (error) {
      throw this.#isClosed ? hostIsClosed(error) : error;
    } finally {
      this.#active -= 1;
      if (this.#active === 0 && !this.#isClosed && this.#mayConnect) {
        this.#resting = setTimeout(() => void this.#rest(), longestIdle);
      }
    }
  }

  /** Closes the connections that are made again without loss: a module that shares nothing may have its data in them. */
  async #rest(): Promise<void> {
    using _ = holdProcess();
    const sharing = new Set<string>();
    for (const rule of this.#rules) {
      if (rule.kind !== 'module' || sharing.has(rule.path)) continue;
      const definition = await loadBackendModule(rule.path).catch(() => undefined);
      if (definition?.capabilities.shared === true) sharing.add(rule.path);
    }
    if (this.#active > 0 || this.#isClosed) return;
    const isMeant = (place: { readonly kind: string; readonly path?: string }): boolean =>
      isServer(place.kind) || sharing.has(place.path ?? '');
    // Whatever is wrong with the store is told by the next operation.
    await this.#stores.disconnect(isMeant).catch(() => {});
  }

  get #rules(): BackendSettings[] {
    const { named, others, labels } = this.#keyvalue;
    return [...named.values(), others, ...(labels?.values() ?? [])].filter(
      (rule) => typeof rule !== 'string',
    );
  }

  /** Where a store can't tell its buckets, those that are known to have been opened. */
  async #filled(): Promise<Filled[]> {
    const found = new Map<string, Filled>();
    for (const rule of new Set(this.#rules)) {
      const { namespace = '' } = rule;
      const store = await this.#list(rule, this.#stores);
      if (store === undefined) continue;
      const { backend, listed } = store;
      const label = this.#labelOf(rule);
      const names = listed?.map((name) => addressOf(label, name.slice(namespace.length))) ?? [];
      const known = listed === undefined || rule.kind === 'in_memory' ? this.#openedOf(rule) : [];
      for (const identifier of [...names, ...known]) {
        if (ruleFor(this.#keyvalue, identifier) === rule)
          found.set(identifier, { identifier, rule, backend });
      }
    }
    return [...found.values()].sort((a, b) => (a.identifier < b.identifier ? -1 : 1));
  }

  #labelOf(rule: BackendSettings): string | undefined {
    for (const [label, store] of this.#keyvalue.labels ?? []) if (store === rule) return label;
    return undefined;
  }

  #openedOf(rule: BackendSettings): string[] {
    return [...this.#opened].filter((identifier) => ruleFor(this.#keyvalue, identifier) === rule);
  }

  /** The buckets of a store. Undefined for one of this host alone that is away, and that nobody is known to have used. */
  async #list(
    rule: BackendSettings,
    stores: ThreadStores,
  ): Promise<
    { readonly backend: UniformBackend; readonly listed: readonly string[] | undefined } | undefined
  > {
    try {
      const backend = await stores.store(rule);
      return { backend, listed: await backend.buckets?.(rule.namespace ?? '') };
    } catch (error) {
      if (isOfTest(rule) && this.#openedOf(rule).length === 0) return undefined;
      throw error;
    }
  }

  async #removeOwn(stores: ThreadStores): Promise<void> {
    for (const rule of new Set(this.#rules)) {
      const { namespace } = rule;
      if (!isOfTest(rule)) continue;
      try {
        const store = await this.#list(rule, stores);
        if (store === undefined) continue;
        const { backend, listed = [] } = store;
        const opened = this.#openedOf(rule).map((identifier) =>
          nameIn(rule, labelledBucket(this.#keyvalue, identifier)?.name ?? identifier),
        );
        for (const name of new Set([...listed, ...opened])) await backend.removeBucket(name);
      } catch (error) {
        const what = `what a test stored in ${formatRule({ ...rule })} could not be removed`;
        process.emitWarning(`${what} (its buckets begin with ${namespace}): ${reasonOf(error)}`, 'kvasi');
      }
    }
  }
}

/** Whether the buckets of a rule are those of this host alone, in a store that others use too. */
function isOfTest({ namespace = '' }: BackendSettings): boolean {
  return isTestName(namespace);
}
