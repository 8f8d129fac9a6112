import type { AllowedHosts } from '../interfaces/http/settings.ts';
import type { AllowedName } from '../interfaces/sockets/allowed-names.ts';
import type { LoopbackPort } from '../interfaces/sockets/socket-policy.ts';
import type { TextMap } from '../settings/text-map.ts';

/** A component beside the main one. */
export interface ComponentEntry {
  readonly name: string;
  /** Of its file; absolute. */
  readonly path: string;
  /** Where that was said. */
  readonly place: string;
  /** Over the variables that all components have. */
  readonly environment: TextMap;
  /** Over the values of `wasi:config/store` that all components have. */
  readonly config: TextMap;
  /** Over the values of `wasmcloud:secrets` that all components have. */
  readonly secrets: TextMap;
  /** In place of the hosts that the others may send requests to. */
  readonly allowedHosts?: AllowedHosts;
  /** In place of the names that the others may look up. */
  readonly allowedIpNameLookups?: readonly AllowedName[];
  /** In place of the ports of this machine that the others may reach. */
  readonly allowedHostLoopbackPorts?: readonly LoopbackPort[];
  /** In how many instances, in each thread, it keeps its memory between requests; 0 for none. */
  readonly poolSize: number;
  /** How many calls such an instance of it serves; 0 for any number. */
  readonly maxInvocations: number;
  /** It serves others, and is none of the workload: it has none of what all components of that have. */
  readonly isPlugin?: boolean;
}
