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

/** What interfaces see of a guest: an instance of the component, which serves one request at a time. */
export interface Guest {
  readonly lifetime: Lifetime;
  /** What the host holds for it. */
  readonly holdings: Holdings;
  /** Takes what it does for the request that it serves. */
  readonly trace: TraceLog;
  /** The request that it serves, as its worker counts them. */
  readonly request: number;
  /** Absent where the guest is no command. */
  readonly command: GuestCommand | undefined;
  readonly output: OutputPermit;
  /** Takes what the guest writes to its standard output and error. */
  print(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
}
