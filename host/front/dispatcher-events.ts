import type { Operation } from '../wasi/keyvalue/operation.ts';

/** An operation that waits at the gate. */
export type WaitingOperation = Pick<Operation, 'op' | 'bucket' | 'key'>;

/** What the dispatcher tells the host. */
export interface DispatcherEvents {
  /** The component wrote to its standard output or error while it served that request. */
  print(request: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  /** A store went away or came back, and the like. */
  warning(text: string): void;
  /** An operation of that request waits at the gate until `pass` is called. */
  gate?(request: number, operation: WaitingOperation, pass: () => void): void;
  /** A fault has happened. */
  fault?(fault: number): void;
  /** A guest thread ended by itself. */
  crash(error: unknown): void;
  /** A guest thread was replaced because a component keeps it busy. */
  replaced(): void;
}
