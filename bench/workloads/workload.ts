import type { ComponentName, Contender } from '../contenders/contender.ts';
import type { LoadRequest } from '../load/load-generator.ts';

/** Stands in the path of a request for the URL of the server that entrants send their own requests to. */
export const upstreamPlace = '{upstream}';

/** A server in one row of a table. */
export interface Entrant {
  /** Default: the contender's name. */
  readonly label?: string;
  readonly contender: Contender;
  /** Default: that of the workload. */
  readonly component?: ComponentName;
  /** Gives the server what the workload needs. */
  readonly prepare?: (url: string) => Promise<void>;
}

/** A request that entrants are loaded with in turn. */
export interface LoadWorkload {
  readonly name: string;
  readonly title: string;
  readonly component: ComponentName;
  readonly request: LoadRequest;
  /** What every entrant has to answer before it is measured. */
  readonly expected: string | RegExp | Buffer;
  readonly connections: readonly number[];
  /** Requests of the component's own go to a server, which stands in the path as `upstreamPlace`. */
  readonly hasUpstream?: boolean;
  /** Keep the values in a Redis whose answers come this many milliseconds later. */
  readonly redisDelay?: number;
  /** Keep the values in this store, which is started where it is a server. */
  readonly store?: 'sqlite' | 'filesystem' | 'nats';
  /** The first is what the others are compared with. */
  readonly entrants: readonly Entrant[];
}
