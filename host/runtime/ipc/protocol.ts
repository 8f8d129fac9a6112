import type { MessagePort } from 'node:worker_threads';
import type { Program } from '../../engine/link/program.ts';
import type { RequestHead } from '../../interfaces/http/incoming.ts';
import type { BucketSettings, StoreErrorCase } from '../../interfaces/keyvalue/backends/backend.ts';
import type { MemoryChange } from '../../interfaces/keyvalue/backends/memory/in-memory-bucket.ts';
import type { Position } from '../../interfaces/keyvalue/cursor-table.ts';
import type { Dialect } from '../../interfaces/keyvalue/dialect.ts';
import type { FaultSpec } from '../../interfaces/keyvalue/fault-injection/fault.ts';
import type { Schedule, Step } from '../../interfaces/keyvalue/fault-injection/schedule.ts';
import type { PackedOperations } from '../../interfaces/keyvalue/operation.ts';
import type { KeyvalueSettings, Volume } from '../../settings/settings.ts';
import type { MemoryLimits } from '../worker/memory-budget.ts';
import type { ChannelEnd } from './channel.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly program: Program;
  readonly dialect: Dialect;
  readonly keyvalue: KeyvalueSettings;
  readonly instances: 'fresh' | 'reuse';
  readonly environment: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
  readonly volumes: readonly Volume[];
  readonly memory: MemoryLimits;
  /** Counts the threads of a host; see `InMemoryOptions`. */
  readonly generation: number;
  /** Brings requests and `ToWorker`, takes answers and `FromWorker`. */
  readonly channel: ChannelEnd;
  /** Takes a `MemoryChange` for each change of an in-memory bucket. */
  readonly changes: MessagePort;
  /** See `useStackSize`. */
  readonly stackSize: number;
  /** Where V8's code for our modules is kept; absent when it isn't. */
  readonly codeCache: string | undefined;
  /** A `ControlledClock`; absent where the machine's time counts. */
  readonly clock?: SharedArrayBuffer;
  /** Makes `wasi:random` give the same each time, from the start and from each `reseed` on. */
  readonly seed?: number | string;
  /** A test may stand between guests and stores. */
  readonly isIntercepted?: boolean;
  /** See `ThreadControl`. */
  readonly control: SharedArrayBuffer;
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
  /** What is to go wrong from now on. Only where the setup has `isIntercepted`, as the one below. */
  | { type: 'faults'; faults: readonly FaultSpec[] }
  /** Operations of the next requests are made in this order; undefined: as they come. */
  | { type: 'schedule'; schedule: Schedule | undefined }
  /** Instances that are kept are not used again. */
  | { type: 'forget' }
  /** What is random begins anew. */
  | { type: 'reseed' }
  /** A part of what the in-memory buckets hold, which the main thread still has. Answers `memoryTaken`. */
  | { type: 'memoryPart'; entries: readonly MemoryChange[] }
  /** A change that the main thread made to what it has told. */
  | { type: 'memoryChange'; change: MemoryChange }
  /** All of it has been told: the buckets are this thread's from now on, unless they have been taken again. */
  | { type: 'memoryYours' }
  /** Positions of listings that other threads gave numbers to. */
  | { type: 'positions'; positions: readonly Position[] }
  /** A call of the main thread, or of another thread, on a bucket that is this thread's now. */
  | MemoryCall
  /** The answer to a call of this thread. */
  | MemoryAnswer;

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
  /** An operation was made in the order of a schedule. */
  | { type: 'step'; step: Step }
  /** A request was revoked before it was started; nothing has been done for it. */
  | { type: 'skipped'; id: number }
  /** A backend has something to say to the user. */
  | { type: 'tell'; text: string }
  /** A listing got a number here; a client may bring it to another thread. */
  | { type: 'position'; position: Position }
  /** The thread has taken a part of the in-memory buckets over. */
  | { type: 'memoryTaken' }
  | { type: 'print'; id: number; stream: 'stdout' | 'stderr'; bytes: Uint8Array }
  | MemoryCall
  | MemoryAnswer;

/** A call on an in-memory bucket by the main thread, or by a thread that had to give its buckets up. */
export interface MemoryCall {
  readonly type: 'memoryCall';
  readonly call: number;
  readonly bucket: string;
  readonly settings: BucketSettings;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface MemoryAnswer {
  readonly type: 'memoryAnswer';
  readonly call: number;
  readonly value?: unknown;
  /** Nothing was done: the bucket has gone on to another thread. */
  readonly moved?: true;
  /** Why the call failed. */
  readonly error?: { readonly case: StoreErrorCase; readonly message: string };
}

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
