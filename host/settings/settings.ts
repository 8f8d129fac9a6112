import type { Address } from '../shared/address.ts';
import type { Limits } from './limits.ts';
import type { Refusal } from './refusals.ts';

/** How instances of a component are used: a new one for each request, or the same one again. */
export const INSTANCE_MODES = ['fresh', 'reuse'] as const;
export type InstanceMode = (typeof INSTANCE_MODES)[number];

/** How much the host tells, from nothing to everything. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The backends that have a name; every other backend is a module path. */
export const BACKEND_NAMES = ['in_memory', 'filesystem', 'sqlite', 'redis', 'nats'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** What every backend can be told about the buckets that it serves. */
export interface BucketOptions {
  /** Text put in front of every key in the store. Default: none. */
  readonly prefix?: string;
  /** Milliseconds that a key lives after its last write. Default: for ever. */
  readonly ttl?: number;
  /** How new counters are written: decimal digits, or wash's 8 bytes. Default: `ascii`. */
  readonly counters?: 'ascii' | 'wash';
  /** Absolute path of a JSON Lines file that fills the bucket when `kvasi dev` starts and the bucket is empty. */
  readonly seed?: string;
}

/** What else a test's host says of the buckets. */
interface TestOptions {
  /** Text put in front of the names of the buckets in the store: see `freshTestName`. Default: none. */
  readonly namespace?: string;
}

/** One store, and where it is. Paths are absolute. */
export type BackendSettings = BucketOptions &
  TestOptions &
  (
    | { readonly kind: 'in_memory' }
    | { readonly kind: 'filesystem'; readonly path: string }
    | { readonly kind: 'sqlite'; readonly path: string }
    | { readonly kind: 'redis'; readonly url: string }
    | { readonly kind: 'nats'; readonly url: string }
    /** A backend of the user's own: a JavaScript or TypeScript module, and what its own schema is to check. */
    | { readonly kind: 'module'; readonly path: string; readonly options: Readonly<Record<string, unknown>> }
  );

/** What `store.open(identifier)` gets: a bucket of a store, or a refusal. */
export type IdentifierRule = BackendSettings | Refusal;

/** Which store serves which identifier; ask {@link ruleFor}. */
export interface KeyvalueSettings {
  /** The store of every identifier that nothing else is said about. */
  readonly default: BackendSettings;
  /** Identifiers with a rule of their own. */
  readonly named: ReadonlyMap<string, IdentifierRule>;
  /** What every other identifier gets. Default: a bucket of `default`. */
  readonly others: IdentifierRule;
}

/** A folder of the host that the component sees. */
export interface Volume {
  /** Absolute path on this machine. */
  readonly hostPath: string;
  /** Path that the component opens. */
  readonly guestPath: string;
}

/** Everything that can be configured, after defaults, file, environment and flags. All paths are absolute. */
export interface Settings {
  /** The project's folder; relative paths of the configuration file start here. Default: the working directory. */
  readonly directory: string;
  /** The configuration file that was read. Default: none. */
  readonly configFile: string | undefined;
  /** The component's file. Default: none; the command asks for one. */
  readonly component: string | undefined;
  /** Default `localhost:8000`. */
  readonly address: Address;
  readonly build: {
    /** A shell command that builds the component. Default: none. */
    readonly command: string | undefined;
    /** Variables for that command only. Default: none. */
    readonly env: Readonly<Record<string, string>>;
    /** What the command makes, where the file names it. Default: the component that is served. */
    readonly component: string | undefined;
  };
  /** Default: everything in memory. */
  readonly keyvalue: KeyvalueSettings;
  /** Default `fresh`. */
  readonly instances: InstanceMode;
  /** How many threads run the component. Default 1. */
  readonly threads: number;
  /** Milliseconds until a request is answered 504. Default 30 000. */
  readonly requestTimeout: number;
  /** See `limits.ts` for each and its default. */
  readonly limits: Limits;
  /** What the component reads through `wasi:cli/environment`. Default: nothing. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the component reads through `wasi:config/store`. Default: nothing. */
  readonly config: Readonly<Record<string, string>>;
  /** Hosts that the component may send requests to. Default `[]`: none. */
  readonly allowedHosts: 'all' | readonly string[];
  /** Default: none, so the component sees no files. */
  readonly volumes: readonly Volume[];
  /** Default `info`. */
  readonly logLevel: LogLevel;
}

export const DEFAULT_ADDRESS: Address = { host: 'localhost', port: 8000 };
/** The most threads that may run a component. */
export const MOST_THREADS = 64;
/** Milliseconds. */
export const DEFAULT_REQUEST_TIMEOUT = 30_000;

/** The rule for what a component passes to `store.open`. */
export function ruleFor(keyvalue: KeyvalueSettings, identifier: string): IdentifierRule {
  return keyvalue.named.get(identifier) ?? keyvalue.others;
}
