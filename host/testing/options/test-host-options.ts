import type { BlobRule } from '../../composition/options/blob-rule.ts';
import type { HostOptions } from '../../composition/options/host-options.ts';
import type { KeyvalueRule } from '../../composition/options/keyvalue-rule.ts';

/** A `Date`, or a date of ISO 8601: `2026-01-01` or `2026-01-01T00:00:00Z`, in UTC where it names no zone. */
export type Moment = Date | `${number}-${number}-${number}` | `${number}-${number}-${number}T${string}`;

/** What `startHost` is told: what `createHost` is told, and what only a test has. */
export interface TestHostOptions
  extends Omit<HostOptions, 'keyvalue' | 'blobstore' | 'configFile' | 'threads' | 'address' | 'messaging'> {
  /**
   * The identifiers that the component opens, as in `dev.keyvalue`. Default: everything in memory. A backend without `path`, or without
   * `prefix`, has buckets of this host alone, which are removed with it.
   */
  readonly keyvalue?: Readonly<Record<string, KeyvalueRule>>;
  /**
   * Where blobs are. Default: in memory. A backend without `path` has a store of this host alone, and a server containers of this host
   * alone, which are removed with it.
   */
  readonly blobstore?: BlobRule;
  /**
   * A configuration file such as `.wash/config.yaml`, as `kvasi dev` reads it: its component, environment, configuration, volumes,
   * limits and rules of identifiers, over which these options win. Its stores are not used: their identifiers are where `default` of
   * `keyvalue` says, in memory unless it says something. Default: none.
   */
  readonly configFile?: string | URL;
  /**
   * Whether `reset()` and `restore()` may empty what a `path` or `prefix` of `keyvalue` or `blobstore` names. Default: they refuse to, so that a test
   * never empties what somebody wants to keep. A prefix owns all keys that begin with it: `shop` also those of `shop-live`.
   */
  readonly ownsData?: boolean;
  /**
   * What time it is when the host starts: the machine's time, `frozen` for the machine's time that stands still, or a
   * time at which it stands still. Default `system`.
   */
  readonly clock?: 'system' | 'frozen' | Moment;
  /** Makes `wasi:random` and the choices of faults the same each time. Default: neither is. */
  readonly seed?: number | string;
}
