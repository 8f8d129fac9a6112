import type { TrustSettings } from './outgoing/trust.ts';

/** What `wasi:http` is configured by on a worker. */
export interface HttpConfig {
  /** Whom the component may send requests to. */
  readonly allowedHosts: 'all' | readonly string[];
  readonly trust: TrustSettings;
  /** How many connections there may be to servers. */
  readonly mostConnections: number;
  /** How long a request waits until one of them is free, in milliseconds. */
  readonly connectionWait: number;
}

/** What a worker shares with the main thread from its start: the counts of `ConnectionSlots`. */
export interface SharedHttp {
  readonly host: SharedArrayBuffer;
  readonly thread: SharedArrayBuffer;
}
