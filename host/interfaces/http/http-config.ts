import type { OwnPlaces } from './messages.ts';
import type { TrustSettings } from './outgoing/trust.ts';

/** Whom a component may send requests to. */
export type Reach = 'all' | readonly string[];

/** What `wasi:http` is configured by on a worker. */
export interface HttpConfig {
  readonly trust: TrustSettings;
  /** How many connections there may be to servers. */
  readonly mostConnections: number;
  /** How long a request waits until one of them is free, in milliseconds. */
  readonly connectionWait: number;
}

/** What a worker shares with the main thread from its start: the counts of `ConnectionSlots`, and what leads to the host itself. */
export interface SharedHttp {
  readonly own: OwnPlaces;
  readonly host: SharedArrayBuffer;
  readonly thread: SharedArrayBuffer;
}
