import type { Program } from '../../engine/link/program.ts';
import type { RequestHead } from '../../interfaces/http/incoming.ts';
import type { OperationBounds, PackedOperations } from '../../interfaces/keyvalue/operation.ts';
import type { MemoryLimits } from '../worker/memory-budget.ts';
import type { ChannelEnd } from './channel.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly program: Program;
  /** The interfaces that the component imports, by name. */
  readonly interfaces: Readonly<Record<string, InterfaceSetup>>;
  readonly instances: 'fresh' | 'reuse';
  /** How many operations of a request are kept. Default: what a host keeps. */
  readonly operations?: OperationBounds;
  readonly memory: MemoryLimits;
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

/** What an interface is started with on a worker. */
export interface InterfaceSetup {
  readonly config: unknown;
  /** See `PeerPart.shared`. */
  readonly shared: unknown;
}

/** How much of a body may be under way between the threads, each way, in bytes. */
export const bodyWindow = 256 * 1024;
/** Bodies up to this size are cheaper to copy than an array buffer is to hand over, in bytes. */
export const copiedBytes = 16 * 1024;
/** A request's body up to this size travels with the request, in bytes. */
export const smallBody = 64 * 1024;

/** Main thread to worker. `id` counts up from 1 for each thread. */
export type ToWorker =
  /** One that is no record; see `records.ts`. */
  | { type: 'request'; request: GuestRequest }
  | { type: 'body'; id: number; bytes: Uint8Array }
  | { type: 'bodyEnd'; id: number; trailers: string[] }
  /** The client has read this many bytes more. */
  | { type: 'acknowledge'; id: number; bytes: number }
  /** This many bytes of what guests printed have been taken. */
  | { type: 'printed'; bytes: number }
  /** The client went away, or its time is up. */
  | { type: 'abort'; id: number; reason: string }
  | { type: 'ping' }
  /** The clock was moved. */
  | { type: 'time' }
  /** Instances that are kept are not used again. */
  | { type: 'forget' }
  /** For the part of an interface there. */
  | { type: 'interface'; name: string; message: unknown };

/** Worker to main thread. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'pong' }
  /** One that is no record; see `records.ts`. */
  | { type: 'output'; output: Output }
  /** The guest begins to read the request's body, which is a stream. */
  | { type: 'read'; id: number }
  /** The guest goes on doing what takes long: it has made keyvalue operations. */
  | { type: 'progress'; id: number }
  /** The guest has read this many bytes more of the request's body. */
  | { type: 'credit'; id: number; bytes: number }
  /** A request was revoked before it was started; nothing has been done for it. */
  | { type: 'skipped'; id: number }
  /** An interface has something to say to the user. */
  | { type: 'tell'; text: string }
  | { type: 'print'; id: number; stream: 'stdout' | 'stderr'; bytes: Uint8Array }
  /** Of an interface for its part on the main thread. */
  | { type: 'interface'; name: string; message: unknown };

/** A request's body: all of it, 'stream' when it comes in messages of its own once the guest reads, or none. */
export type Body = Uint8Array | 'stream' | undefined;

export interface GuestRequest {
  readonly id: number;
  readonly head: RequestHead;
  readonly body: Body;
}

/** A part of an answer, in this order: head, bytes, end or failure, outcome. A small answer is one of them. */
export interface Output {
  id: number;
  head?: { status: number; headers: string[] };
  bytes?: Uint8Array;
  /** The body is complete. */
  end?: { trailers: string[] | undefined };
  /** There will be no answer, or no more of it. */
  failure?: string;
  /** The handler has ended. */
  outcome?: Outcome;
}

/** An output as the main thread gets it: of a record the bytes are Latin-1 text, which is written in one piece with the head. */
export type ReceivedOutput = Omit<Output, 'bytes'> & { bytes?: Uint8Array | string };

/** How a handler ended. */
export interface Outcome {
  readonly operations: PackedOperations;
  readonly trap?: Trap;
}

/** Why a component stopped in the middle. */
export interface Trap {
  readonly reason: string;
  /** The wasm frames, innermost first, as `function name` or `wasm-function[12]`, with the offset. */
  readonly backtrace: readonly string[];
  /** Set when the stack was used up, by endless recursion or because it is shallow. */
  readonly isStackExhausted?: true;
  /** Set when the fault is the host's and not the component's. */
  readonly hostStack?: string;
}
