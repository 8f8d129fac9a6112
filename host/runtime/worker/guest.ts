import type { OperationTable } from '../trace/operation.ts';
import type { InterfaceTrace } from '../trace/trace-log.ts';
import type { Holdings } from './holdings.ts';
import type { Lifetime } from './lifetime.ts';

/** How much of what a guest prints is taken now. */
export interface OutputPermit {
  /** How many bytes may be printed now. */
  permit(): number;
  /** Resolves when the permit has grown; rejects when the guest ends. */
  whenReady(): Promise<void>;
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
  readonly output: OutputPermit;
  /** Takes what the guest writes to its standard output and error. @param request default: the one that it serves */
  print(stream: 'stdout' | 'stderr', bytes: Uint8Array, request?: number): void;
}

/** Where interfaces note what a guest does. */
export interface GuestTrace {
  /** See `TraceLog.of`. */
  of(table: OperationTable, parent?: number): Pick<InterfaceTrace, 'note' | 'current'>;
  /** See `TraceLog.keepOpen`. */
  keepOpen(note: () => void): () => void;
  /** See `TraceLog.nextId`. */
  nextId(): number;
}
