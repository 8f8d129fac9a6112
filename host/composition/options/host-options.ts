import type { InstanceMode } from '../../settings/host-settings.ts';
import type { LimitName } from '../../settings/limits.ts';
import type { BlobRule } from './blob-rule.ts';
import type { SeededRule } from './keyvalue-rule.ts';

/** A component beside the main one, as an entry of `dev.components`. */
export interface ComponentOptions {
  /** Its name in messages and `routes`. */
  readonly name: string;
  /** Its file, as a path. */
  readonly file: string;
  /** Over the variables of `environment`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Over the values of `config`. */
  readonly config?: Readonly<Record<string, string>>;
  /** In place of the hosts of `allowedHosts`. */
  readonly allowedHosts?: readonly string[];
  /** In how many instances, in each thread, it keeps its memory between requests. Default: none. */
  readonly poolSize?: number;
  /** How many calls such an instance serves; after the request it begins anew. Default: any number. */
  readonly maxInvocations?: number;
}

/** What imports get, as an entry of `dev.host_interfaces`. */
export interface HostInterfaceOptions {
  /** Such as `wasi`. */
  readonly namespace: string;
  /** Such as `keyvalue`. */
  readonly package: string;
  /** Such as `store`. */
  readonly interfaces?: readonly string[];
  /** Such as `0.2.0-draft`. Default: any. */
  readonly version?: string;
  /** Where it is: `backend`, and what that backend takes; of `wasi:config`, the values. */
  readonly config?: Readonly<Record<string, string>>;
  /** The label of the imports that it is for: `cache` of `import cache: wasi:keyvalue/store`. Default: those without a label. */
  readonly name?: string;
}

/** What `createHost` is told. The names are those of the configuration file. */
export interface HostOptions {
  /** The component's file, as a path or a `file:` URL. Default: the one of the configuration file. */
  readonly component?: string | URL;
  /**
   * Components beside it, as in `dev.components`: what one of them exports serves what others import. Default: none, or what the
   * configuration file says.
   */
  readonly components?: readonly ComponentOptions[];
  /**
   * Who answers requests to a path and all below it, as in `dev.routes`: a name of `components`, or `main`. Default: the component whose
   * HTTP handler serves no other one.
   */
  readonly routes?: readonly { readonly path: string; readonly component: string }[];
  /**
   * Where the buckets of each identifier are, as in `dev.keyvalue`; `default` is for all that are not listed. Default: everything in
   * memory, or what the configuration file says.
   */
  readonly keyvalue?: Readonly<Record<string, SeededRule>>;
  /** Where blobs are, as in `dev.blobstore`. Default: in memory, or what the configuration file says. */
  readonly blobstore?: BlobRule;
  /** Who carries messages, as in `dev.messaging`: `in_memory`, `nats` or a `nats://` URL. Default: `in_memory`, or what the configuration file says. */
  readonly messaging?: string;
  /**
   * What imports get by their labels, as in `dev.host_interfaces`: every label that the component imports stores by has to be there. Default:
   * none, or what the configuration file says.
   */
  readonly hostInterfaces?: readonly HostInterfaceOptions[];
  /**
   * What serves imports that kvasi does not have, as in `dev.imports`, by the names of interfaces: the path of a module that each
   * worker loads, or an object with functions and classes, which run in this thread. Default: none, or what the configuration file says.
   */
  readonly imports?: Readonly<Record<string, string | URL | object>>;
  /** The database of `wasmcloud:postgres`, as in `dev.postgres_url`. Default: none, or what the configuration file says. */
  readonly postgresUrl?: string;
  /** What the component reads through `wasi:cli/environment`. Default: nothing. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the component reads through `wasmcloud:secrets`, which is shown to nobody else. Default: nothing. */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * A path: the configuration file (`configFile`). Else what the component reads through `wasi:config/store`. Default: nothing.
   */
  readonly config?: string | URL | Readonly<Record<string, string>>;
  /**
   * A configuration file such as `.wash/config.yaml`, as `kvasi dev` reads it. What these options say wins over it, name by name.
   * Nothing is built, and variables such as `KVASI_BACKEND` have no effect. Default: none.
   */
  readonly configFile?: string | URL;
  /** Folders that the component sees: paths of this machine by the paths that it opens. Default: none. */
  readonly volumes?: Readonly<Record<string, string>>;
  /**
   * Hosts that the component may send requests to, as in `workload.allowedHosts`: `*`, `example.com:8443`, `https://*.example.com`.
   * Default: what the configuration file says, or none.
   */
  readonly allowedHosts?: readonly string[];
  /** Default `fresh`: every request sees a new instance. */
  readonly instances?: InstanceMode;
  /** How many threads run the component, from 1 to 64. Default 1. */
  readonly threads?: number;
  /** A request without progress for this long is answered 504. Such as `5s`, or milliseconds; default `30s`. */
  readonly requestTimeout?: string | number;
  /** How much clients and the component may take, as in `dev.limits`. Default: as there. */
  readonly limits?: Readonly<Partial<Record<LimitName, string | number>>>;
  /** Where `listen()` opens a port, such as `127.0.0.1:8080`; port 0 takes a free one. Default `localhost:8000`. */
  readonly address?: string;
  /** Where relative paths of these options start. Default: the working directory. */
  readonly directory?: string;
}

/** What can be changed while a host serves. */
export type ChangeableOptions = Pick<
  HostOptions,
  | 'component'
  | 'components'
  | 'routes'
  | 'keyvalue'
  | 'blobstore'
  | 'hostInterfaces'
  | 'imports'
  | 'environment'
  | 'secrets'
  | 'config'
  | 'configFile'
  | 'volumes'
  | 'allowedHosts'
  | 'instances'
>;
