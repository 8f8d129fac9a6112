import type { TraceLog } from '../trace/trace-log.ts';
import type { Holdings } from './holdings.ts';
import type { Lifetime } from './lifetime.ts';

/** How much of what a guest prints is taken now. */
export interface OutputPermit {
  /** How many bytes may be printed now. */
  permit(): number;
  /** Resolves when the permit has grown; rejects when the guest ends. */
  whenReady(): Promise<void>;
}

/** What interfaces see of a guest: an instance of the component, which serves one request at a time. */
export interface Guest {
  readonly lifetime: Lifetime;
  /** What the host holds for it. */
  readonly holdings: Holdings;
  /** Takes what it does for the request that it serves. */
  readonly trace: TraceLog;
  /** The request that it serves, as its worker counts them. */
  readonly request: number;
  readonly output: OutputPermit;
  /** Takes what the guest writes to its standard output and error. */
  print(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
}
