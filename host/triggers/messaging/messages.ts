import type { Message } from '../../interfaces/messaging/message.ts';
import type { Output } from '../../runtime/outcome.ts';

/** A message as a worker is given it. */
export interface DeliveredMessage {
  /** The component that handles it. */
  readonly component: string;
  readonly message: Message;
}

/** What a handler answers that has not handled a message. Source: `handle-message-error` of `wasmcloud:messaging` 0.3.0; 0.2.0 has `other` only. */
export interface Disposition {
  readonly case: 'reject' | 'retry' | 'other';
  readonly text: string;
}

/** How a handler ended. */
export interface DeliveryOutput extends Output {
  /** Absent where the message was handled. */
  readonly disposition?: Disposition;
}
