import type { MessagePort } from 'node:worker_threads';

/** A part of the private loopback: TCP or UDP over IPv4 or IPv6, each with ports of its own. */
export type Plane = 0 | 1 | 2 | 3;

/** A datagram within the private loopback. */
export interface PrivateDatagram {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** What both ends of the private loopback have. */
export interface SharedSockets {
  /** See `PortTable`. */
  readonly ports: SharedArrayBuffer;
  /** How this worker is called there. */
  readonly owner: number;
  /** See `Quota`: of all workers, and of this one. */
  readonly totals: SharedArrayBuffer;
  readonly own: SharedArrayBuffer;
}

export type FromSockets =
  | { readonly type: 'listen'; readonly plane: Plane; readonly port: number }
  | { readonly type: 'unlisten'; readonly plane: Plane; readonly port: number }
  | {
      readonly type: 'connect';
      readonly call: number;
      readonly plane: Plane;
      readonly port: number;
      readonly from: number;
    }
  | { readonly type: 'receive'; readonly plane: Plane; readonly port: number; readonly isOpen: boolean }
  | { readonly type: 'send'; readonly plane: Plane; readonly datagram: PrivateDatagram }
  /** So many bytes of datagrams have been taken. */
  | { readonly type: 'taken'; readonly bytes: number };

export type ToSockets =
  | {
      readonly type: 'connection';
      readonly plane: Plane;
      readonly port: number;
      readonly from: number;
      readonly pipe: MessagePort;
    }
  | { readonly type: 'connected'; readonly call: number; readonly pipe: MessagePort | undefined }
  | { readonly type: 'datagram'; readonly plane: Plane; readonly datagram: PrivateDatagram }
  /** A datagram has been passed on, or dropped. */
  | { readonly type: 'sent' };
