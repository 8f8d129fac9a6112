import type { Trigger } from '../trigger.ts';

/** Sends to a worker what is about one call. */
export interface WorkerLink {
  /** Gives it a call. Of what the call holds it gets a copy. */
  begin<Call>(id: number, trigger: Trigger<Call>, call: Call): void;
  /** Something for `GuestCall.receive`. */
  tell(id: number, message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Something in a number, for `GuestCall.note`. */
  note(id: number, kind: number, amount: number): void;
  /** Bytes for `GuestCall.bytes`, as far as there is room: answers how many were sent. */
  bytes(id: number, chunks: readonly Uint8Array[]): number;
  /** Nobody waits for the call any more. */
  abort(id: number, reason: string): void;
}
