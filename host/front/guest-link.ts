import type { ToGuest } from '../guest/protocol.ts';

/** Sends to the guest thread that has the request; `id` is filled in by it. */
export interface GuestLink {
  readonly id: number;
  post(message: ToGuest, transfer?: ArrayBuffer[]): void;
}
