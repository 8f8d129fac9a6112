import type { MaybePromise } from '../../../shared/maybe-promise.ts';
import type { Backend } from './backend.ts';

/** What a backend can do; `kvasi inspect` and the docs print it. */
export interface Capabilities {
  /** Values outlive the host's process. */
  readonly durable: boolean;
  /** Several hosts see the same data. */
  readonly shared: boolean;
  /** `increment` and compare-and-swap are atomic between all hosts that share the data. */
  readonly atomic: boolean;
  /** Who frees the space of expired keys; on read an expired key is gone everywhere. */
  readonly expiry: 'store' | 'host';
  /**
   * Each key may have a time to live of its own: `set` and `setIfVersion` heed their `ttl`, and `timesLeft` tells what is left.
   * Default: a write that asks for one is refused.
   */
  readonly keyTtl?: boolean;
  /** What `watch` of its buckets tells. Default: they have none. */
  readonly watch?: WatchCapability;
  /** Keys come in byte order and exactly once, or in any order where some may come twice on different pages. */
  readonly listing: 'ordered' | 'unordered';
  /** The longest key, in bytes of UTF-8. */
  readonly largestKey: number;
  /** The largest value, in bytes. */
  readonly largestValue: number;
}

/**
 * What a watch tells besides what its own host writes and deletes, which it always does. Of each key the last change is told last; several
 * changes of one key may be told as one.
 */
export interface WatchCapability {
  /** Also what other hosts and programs change. */
  readonly others: boolean;
  /** Also that a key has ended by its time to live. */
  readonly ends: boolean;
  /** Also, later, what changed while the store was away. */
  readonly gaps: boolean;
  /** After how many milliseconds at most, where it looks from time to time; 0: at once. More where much is to be looked at. */
  readonly every: number;
}

/** What the author of a backend reads whose definition has the name that capabilities had once. */
export const renamedCapabilities = 'promises is called capabilities now; rename it';

/** How long an operation on a store may take in a host, in milliseconds. */
export const OPERATION_TIMEOUT = 5000;

/** What the host lends to a backend. */
export interface BackendContext {
  /** Milliseconds since 1970; every expiry is reckoned by this, so that tests can move it. */
  now(): number;
  /** Whether a test has moved that time, or may have. Default: where `now` is not `Date.now`. */
  isMoved?(): boolean;
  /** How long an operation may take before it fails with a `StoreError`, in milliseconds. */
  readonly operationTimeout: number;
  /** Tells the user something once, such as that the store is away or back. Without secrets. */
  tell(text: string): void;
}

/** The part of Standard Schema (https://standardschema.dev) that options are checked with; valibot, zod and others have it. */
export interface OptionsSchema<Options> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Options> | Promise<SchemaResult<Options>>;
    readonly types?: { readonly input: unknown; readonly output: Options } | undefined;
  };
}

type SchemaResult<Options> =
  | { readonly value: Options; readonly issues?: undefined }
  | { readonly issues: readonly OptionsIssue[] };

/** What is wrong with an option. */
interface OptionsIssue {
  readonly message: string;
  /** The keys that lead to it, some schemas wrap each. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A kind of storage, as the configuration can name it. */
export interface BackendDefinition<Options> {
  readonly name: string;
  /** The configuration's entry for the backend, without `backend`, `ttl`, `prefix` and `counters`. */
  readonly options: OptionsSchema<Options>;
  readonly capabilities: Capabilities;
  /**
   * Makes the backend ready. A store that can't be reached now is no error here: operations fail with a
   * `StoreError` while it is away and succeed once it is back.
   */
  connect(options: Options, context: BackendContext): MaybePromise<Backend>;
}

/** Defines a backend; a module that is named in the configuration exports the result as its default. */
export function defineBackend<Options>(definition: BackendDefinition<Options>): BackendDefinition<Options> {
  return definition;
}
