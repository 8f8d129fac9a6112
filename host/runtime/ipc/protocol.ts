import type { Program } from '../../engine/link/program.ts';
import type { FaultSpec } from '../fault-injection/fault.ts';
import type { Schedule, Step } from '../fault-injection/schedule.ts';
import type { Output } from '../outcome.ts';
import type { Sampling } from '../trace/sampling.ts';
import type { TraceBounds } from '../trace/trace-log.ts';
import type { GuestLog } from '../worker/guest-log.ts';
import type { MemoryShare } from '../worker/memory-budget.ts';
import type { ChannelEnd } from './channel.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly program: Program;
  /** The interfaces that the component imports, by name. */
  readonly interfaces: Readonly<Record<string, InterfaceSetup>>;
  /**
   * Of each component that the program is made of: the interfaces that it imports, by name, with what it is given of them alone.
   */
  readonly members: readonly Readonly<Record<string, unknown>>[];
  /** Which entry of the program a request calls, by its path; the longest that fits counts. Default: the first one. */
  readonly routes?: readonly EntryRoute[];
  /** The entries that handle messages, by the names of their components. */
  readonly handlers?: readonly NamedEntry[];
  /** The entries that are called for what changes in buckets, by the names of their components. */
  readonly watchers?: readonly WatcherEntry[];
  /** The names of the triggers; where one of them stands is its number in records. */
  readonly triggers: readonly string[];
  readonly instances: 'fresh' | 'reuse';
  /** How an instance is shared by requests, where its program can be; absent: it serves one at a time. */
  readonly sharing?: InstanceSharing;
  /** How much is kept of what a request does. Default: what a host keeps. */
  readonly trace?: TraceBounds;
  /** Whether somebody traces, and which calls. Default: nobody. */
  readonly tracing?: Sampling;
  /** What is to go wrong from the start, where a test may stand between guests and what they do; absent where none may. */
  readonly faults?: readonly FaultSpec[];
  readonly memory: MemoryShare;
  /** Counts the threads of a host from 1. */
  readonly generation: number;
  /** Brings requests and `ToWorker`, takes answers and `FromWorker`. */
  readonly channel: ChannelEnd;
  /** See `useStackSize`. */
  readonly stackSize: number;
  /** Where V8's code for our modules is kept; absent when it isn't. */
  readonly codeCache: string | undefined;
  /** A `ControlledClock`; absent where the machine's time counts. */
  readonly clock?: SharedArrayBuffer;
  /** See `ThreadControl`. */
  readonly control: SharedArrayBuffer;
}

/** A path, and all below it. */
export interface EntryRoute {
  /** Without a slash at its end; the root is empty. */
  readonly path: string;
  readonly entry: number;
}

/** An entry of the program, by the component that exports it. */
export interface NamedEntry {
  readonly name: string;
  readonly entry: number;
}

/** The entries of a component that are called for what changes in buckets. */
export interface WatcherEntry {
  readonly name: string;
  readonly set: number;
  readonly delete: number;
}

/** How many requests one instance serves. */
export interface InstanceSharing {
  readonly atOnce: number;
  /** Until another one takes its place. */
  readonly inTotal: number;
  /** It goes on where nobody waits for one of its requests any more, which then ends as it wants. */
  readonly isService?: boolean;
}

/** What an interface is started with on a worker. */
export interface InterfaceSetup {
  readonly config: unknown;
  /** See `PeerPart.shared`. */
  readonly shared: unknown;
}

/** Main thread to worker. `id` counts up from 1 for each thread. */
export type ToWorker =
  /** A call that is no record. */
  | { type: 'call'; id: number; trigger: number; value: unknown }
  /** About a call, of its trigger. */
  | { type: 'about'; id: number; message: unknown }
  /** About a call, of its trigger: a note that is no record. */
  | { type: 'note'; id: number; kind: number; amount: number }
  /** This many bytes of what guests printed have been taken. */
  | { type: 'printed'; bytes: number }
  /** Nobody waits for a call any more, or its time is up. */
  | { type: 'abort'; id: number; reason: string }
  | { type: 'ping' }
  /** The clock was moved. */
  | { type: 'time' }
  /** What is to go wrong from now on. Only where the setup has `faults`, as the one below. */
  | { type: 'faults'; faults: readonly FaultSpec[] }
  /** Operations of the next requests are made in this order; undefined: as they come. */
  | { type: 'schedule'; schedule: Schedule | undefined }
  /** Instances that are kept are not used again. */
  | { type: 'forget' }
  /** For the part of an interface there. */
  | { type: 'interface'; name: string; message: unknown };

/** Worker to main thread. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'pong' }
  /** One that is no record. */
  | { type: 'output'; output: Output }
  /** About a call, of its trigger. */
  | { type: 'about'; id: number; message: unknown }
  /** A note that is no record. */
  | { type: 'note'; id: number; kind: number; amount: number }
  /** The guest goes on doing what takes long: it has made operations. */
  | { type: 'progress'; id: number }
  /** An operation was made in the order of a schedule. */
  | { type: 'step'; step: Step }
  /** A request was revoked before it was started; nothing has been done for it. */
  | { type: 'skipped'; id: number }
  /** An interface has something to say to the user. */
  | { type: 'tell'; text: string }
  | { type: 'print'; id: number; stream: 'stdout' | 'stderr'; bytes: Uint8Array }
  | { type: 'log'; id: number; log: GuestLog }
  /** Of an interface for its part on the main thread. */
  | { type: 'interface'; name: string; message: unknown };
