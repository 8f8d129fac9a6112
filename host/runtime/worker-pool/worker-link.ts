import type { RequestHead } from '../../interfaces/http/incoming.ts';
import type { Body, ToWorker } from '../ipc/protocol.ts';

/** Sends to a worker. */
export interface WorkerLink {
  /** Gives it a request; the body is copied. */
  request(id: number, head: RequestHead, body: Body): void;
  post(message: ToWorker, transfer?: readonly ArrayBuffer[]): void;
}
