import type { Transferable } from 'node:worker_threads';
import type { HostImports } from '../engine/link/host-imports.ts';
import type { Clock } from '../shared/clock.ts';
import type { MaybePromise } from '../shared/maybe-promise.ts';
import type { Interceptor } from './fault-injection/interceptor.ts';
import type { OperationTable } from './trace/operation.ts';
import type { Guest } from './worker/guest.ts';
import type { Invocation } from './worker-pool/invocation.ts';

/**
 * What the runtime knows of an interface: how it starts on a worker, and on the main thread beside the pool of workers.
 * Both parts send each other messages of their own.
 */
export interface RuntimeInterface<Config = unknown, Pool extends PoolPart = PoolPart> {
  /** The name of its folder; names it in what threads tell each other. */
  readonly name: string;
  /** The operations that it records. Default: none. */
  readonly operations?: OperationTable;
  /** Starts it on a worker. @param config a structured clone of what it is configured by */
  start(config: Config, worker: WorkerContext): MaybePromise<WorkerPart>;
  /** Starts its part on the main thread, once for each host; absent where it has none. */
  startPool?(host: PoolContext): Pool;
}

/** What an interface finds on the worker that it starts on. */
export interface WorkerContext<S = unknown> {
  /** The host's clock. A test may move it. */
  readonly clock: Clock;
  /** Counts the workers of a host from 1. */
  readonly generation: number;
  /** See `PeerPart.shared`. */
  readonly shared: S;
  /** Has to be asked before each recorded operation is made; absent where no test stands between. */
  readonly interceptor?: Interceptor | undefined;
  /** Sends a message to the interface's part on the main thread. */
  post(message: unknown): void;
  /** Says something to the user. */
  tell(text: string): void;
}

/** An interface on a worker. */
export interface WorkerPart {
  /**
   * What one component of a guest imports of it.
   *
   * @param own what this component is given, other than the others of its program; see `WorkerSetup.members`
   */
  imports(guest: Guest, own: unknown): HostImports;
  /** Its part on the main thread says something. */
  receive?(message: unknown): void;
}

/** What an interface finds on the main thread. */
export interface PoolContext {
  /** Milliseconds since 1970 by the host's clock. */
  readonly now: () => number;
  /** Sends a message to the interface on all workers that have it. */
  post(message: unknown): void;
}

/** A worker as an interface sees it from the main thread. */
export interface WorkerPeer {
  /** Sends a message to the interface's part there. */
  post(message: unknown, transfer?: readonly Transferable[]): void;
  /** Receives what the worker has sent up to now. */
  hear(): void;
  /** What it serves, by the number that it knows; undefined where that is over. */
  invocation(id: number): Invocation | undefined;
}

/** An interface on the main thread, beside the workers of a host. */
export interface PoolPart {
  /** A worker of a component that imports the interface is about to start. @param config what the interface is started with there */
  open?(worker: WorkerPeer, config: unknown): PeerPart;
  /** The host closes. */
  close?(): void;
}

/** The main thread's end of an interface on one worker. */
export interface PeerPart {
  /** What both ends have from the start: what a structured clone can take along. */
  readonly shared?: unknown;
  /** What of it is not cloned but handed over. */
  readonly transfer?: readonly Transferable[];
  /** The worker's part says something. */
  receive?(message: unknown): void;
  /** The worker is the only one that gets requests from now on, or is so again. */
  attach?(): void;
  /** The worker gets no more requests, and ends with those that it has. */
  detach?(): void;
  /** Others have taken over from the worker after it was detached; it may be busy and never do what they wanted of it. */
  reroute?(): void;
  /** A call of the worker has ended: what the worker's part left in shared memory can be taken now. */
  answered?(): void;
  /** The worker has broken down, perhaps without having been detached. */
  lose?(): void;
  /** The worker has ended, however that came. */
  end?(): void;
  /** Whether others wait for something of the worker, so that it must not end yet although it was detached. */
  isAwaited?(): boolean;
}
