import type { LimitName } from '../config/limits.ts';
import type { InstanceMode } from '../config/settings.ts';

/**
 * Where an identifier's bucket is: the name of a backend, a refusal, or an entry as `dev.keyvalue` of the
 * configuration has it, such as `{ backend: 'redis', url: 'redis://127.0.0.1:6379', ttl: '60s' }`.
 */
export type KeyvalueRule = string | { readonly backend: string; readonly [option: string]: unknown };

/** What `startHost` is told. */
export interface HostOptions {
  /** The component's file. Default: the one of the configuration file. */
  readonly component?: string | URL;
  /**
   * The identifiers that the component opens, as in `dev.keyvalue`. Default: everything in memory. A backend without `path`, or without
   * `prefix`, has buckets of this host alone, which are removed with it.
   */
  readonly keyvalue?: Readonly<Record<string, KeyvalueRule>>;
  /**
   * Whether `reset()` and `restore()` may empty what a `path` or `prefix` of `keyvalue` names. Default: they refuse to, so that a test
   * never empties what somebody wants to keep.
   */
  readonly ownsData?: boolean;
  /** What the component reads through `wasi:cli/environment`. Default: nothing. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * What the component reads through `wasi:config/store`, or a path: the configuration file (`configFile`). Default: nothing.
   */
  readonly config?: string | URL | Readonly<Record<string, string>>;
  /**
   * A configuration file such as `.wash/config.yaml`, as `kvasi dev` reads it: its component, environment, configuration, volumes,
   * limits and rules of identifiers, over which these options win. Its stores are not used: their identifiers are where `default` of
   * `keyvalue` says, in memory unless it says something. Default: none.
   */
  readonly configFile?: string | URL;
  /** Folders that the component sees: paths of this machine by the paths that it opens. Default: none. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Default `fresh`: every request sees a new instance. */
  readonly instances?: InstanceMode;
  /** A request without progress for this long is answered 504. Such as `5s`; default `30s`. */
  readonly requestTimeout?: string;
  /** How much clients and the component may take, as in `dev.limits`. Default: as there. */
  readonly limits?: Readonly<Partial<Record<LimitName, string | number>>>;
  /** Where relative paths start. Default: the working directory. */
  readonly directory?: string;
  /**
   * What time it is when the host starts: the machine's time, `frozen` for the machine's time that stands still, or a
   * time at which it stands still. Default `system`.
   */
  readonly clock?: 'system' | 'frozen' | Date;
  /** Makes `wasi:random` and the choices of faults the same each time. Default: neither is. */
  readonly seed?: number | string;
}
