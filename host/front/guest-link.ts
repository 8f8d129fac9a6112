import type { Body, ToGuest } from '../guest/protocol.ts';
import type { RequestHead } from '../wasi/http/incoming.ts';

/** Sends to a guest thread. */
export interface GuestLink {
  /** Gives it a request; the body is copied. */
  request(id: number, head: RequestHead, body: Body): void;
  post(message: ToGuest, transfer?: readonly ArrayBuffer[]): void;
}
