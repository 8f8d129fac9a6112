import type { Refusal } from '../../interfaces/keyvalue/configuration/refusals.ts';

/** The path of a module with a backend: it says for itself where it starts, unlike a backend's name. */
export type ModulePath = `./${string}` | `../${string}` | `/${string}` | `~/${string}` | `file:${string}`;

/** What can be said of every bucket. */
export interface BucketRule {
  /** Text put in front of every key in the store. Default: none. */
  readonly prefix?: string | undefined;
  /** How long a key lives after its last write: `60s`, or milliseconds. Default: for ever. */
  readonly ttl?: string | number | undefined;
  /** How new counters are written: decimal digits, or 8 bytes as wash does. Default `ascii`. */
  readonly counters?: 'ascii' | 'wash' | undefined;
}

interface InMemory extends BucketRule {
  readonly backend: 'in_memory';
}

interface InFiles extends BucketRule {
  readonly backend: 'filesystem' | 'sqlite';
  /** The folder of `filesystem`, the file of `sqlite`. */
  readonly path?: string | undefined;
}

interface OnServer extends BucketRule {
  readonly backend: 'redis' | 'nats' | 'postgres';
  /** Such as `redis://127.0.0.1:6379`. */
  readonly url?: string | undefined;
}

interface InModule extends BucketRule {
  readonly backend: ModulePath;
  /** What the module's own schema checks. */
  readonly [option: string]: unknown;
}

/** Where the bucket of an identifier is, as `dev.keyvalue` of the configuration has it. */
export type KeyvalueEntry = InMemory | InFiles | OnServer | InModule;

/** Where the bucket of an identifier is: the name of a backend, the path of a module, a refusal, or an entry. */
export type KeyvalueRule = KeyvalueEntry['backend'] | Refusal | KeyvalueEntry;

/** The same; an entry may also have a file that fills the bucket. */
export type SeededRule = KeyvalueEntry['backend'] | Refusal | SeededEntry;

/** An entry of `dev.keyvalue`, with all that it may have. */
export type SeededEntry = KeyvalueEntry & Seeded;

interface Seeded {
  /** The path of a JSON Lines file that fills the bucket when the host starts and the bucket is empty. Default: none. */
  readonly seed?: string | undefined;
}

/** A refusal, or what is to be said of a bucket besides the backend that it is on. */
export type BackendRule = Refusal | BucketRule | KeyvalueEntry;
