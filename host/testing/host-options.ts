import type { LimitName } from '../settings/limits.ts';
import type { InstanceMode } from '../settings/settings.ts';
import type { KeyvalueRule } from './options/keyvalue-rule.ts';

export type { KeyvalueRule } from './options/keyvalue-rule.ts';

/** A `Date`, or a date of ISO 8601: `2026-01-01` or `2026-01-01T00:00:00Z`, in UTC where it names no zone. */
export type Moment = Date | `${number}-${number}-${number}` | `${number}-${number}-${number}T${string}`;

/** What `startHost` is told. */
export interface HostOptions {
  /** The component's file, as a path or a `file:` URL. Default: the one of the configuration file. */
  readonly component?: string | URL;
  /**
   * The identifiers that the component opens, as in `dev.keyvalue`. Default: everything in memory. A backend without `path`, or without
   * `prefix`, has buckets of this host alone, which are removed with it.
   */
  readonly keyvalue?: Readonly<Record<string, KeyvalueRule>>;
  /**
   * Whether `reset()` and `restore()` may empty what a `path` or `prefix` of `keyvalue` names. Default: they refuse to, so that a test
   * never empties what somebody wants to keep. A prefix owns all keys that begin with it: `shop` also those of `shop-live`.
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
  /** A request without progress for this long is answered 504. Such as `5s`, or milliseconds; default `30s`. */
  readonly requestTimeout?: string | number;
  /** How much clients and the component may take, as in `dev.limits`. Default: as there. */
  readonly limits?: Readonly<Partial<Record<LimitName, string | number>>>;
  /** Where relative paths start. Default: the working directory. */
  readonly directory?: string;
  /**
   * What time it is when the host starts: the machine's time, `frozen` for the machine's time that stands still, or a
   * time at which it stands still. Default `system`.
   */
  readonly clock?: 'system' | 'frozen' | Moment;
  /** Makes `wasi:random` and the choices of faults the same each time. Default: neither is. */
  readonly seed?: number | string;
}
