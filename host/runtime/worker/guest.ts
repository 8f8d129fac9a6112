import type { OperationTable } from '../trace/operation.ts';
import type { CallSpan } from '../trace/span-context.ts';
import type { InterfaceTrace } from '../trace/trace-log.ts';
import type { GuestLog } from './guest-log.ts';
import type { Holdings } from './holdings.ts';
import type { Lifetime } from './lifetime.ts';

/** How much of what a guest prints is taken now. */
export interface OutputPermit {
  /** How many bytes may be printed now. */
  permit(): number;
  /** Resolves when the permit has grown; rejects when the guest ends. */
  whenReady(): Promise<void>;
}

/** Bytes that come for a guest from outside. */
export interface GuestInput {
  /** Takes at most so many bytes: an empty array where none are there yet, undefined at the end. Throws where reading has failed. */
  read(most: number): Uint8Array | undefined;
  /** Whether `read` would answer bytes, the end or a failure. */
  readonly ready: boolean;
  /** Resolves when `ready` may have become true; rejects when the guest ends. */
  whenReady(): Promise<void>;
}

/** What a guest is given that is run as a command. */
export interface GuestCommand {
  /** The first is its own name. */
  readonly args: readonly string[];
  readonly stdin: GuestInput;
  /** Which of its streams somebody sits at. */
  readonly terminals: Terminals;
}

export interface Terminals {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** What interfaces see of a guest: an instance of the component. Where it serves several requests at once, they see the one whose code runs. */
export interface Guest {
  readonly lifetime: Lifetime;
  /** What the host holds for it. */
  readonly holdings: Holdings;
  /** Takes what it does for the request that it serves. */
  readonly trace: GuestTrace;
  /** The request that it serves, as its worker counts them. */
  readonly request: number;
  /** Absent where the guest is no command. */
  readonly command: GuestCommand | undefined;
  readonly output: OutputPermit;
  /** Takes what the guest writes to its standard output and error. @param request default: the one that it serves */
  print(stream: 'stdout' | 'stderr', bytes: Uint8Array, request?: number): void;
  /** Takes a message that the guest logs. It counts as much as what is printed, and is shown with it. */
  log(message: GuestLog): void;
}

/** Where interfaces note what a guest does. */
export interface GuestTrace {
  /** See `TraceLog.of`. */
  of(table: OperationTable, parent?: number): Pick<InterfaceTrace, 'note' | 'current'>;
  /** See `TraceLog.keepOpen`. */
  keepOpen(note: () => void): () => void;
  /** See `TraceLog.nextId`. */
  nextId(): number;
  /** See `TraceLog.span`. */
  readonly span: CallSpan | undefined;
}
