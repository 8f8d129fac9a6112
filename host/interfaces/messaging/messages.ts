import type { Message } from './message.ts';
import type { MessagingErrorCase } from './messaging-error.ts';

/** Worker to main thread. `id` counts up from 1 for each thread. */
export type FromMessagingWorker =
  | { readonly type: 'publish'; readonly id: number; readonly message: Message }
  /** The reply goes to a subject that the broker makes. */
  | { readonly type: 'request'; readonly id: number; readonly message: Message }
  /** Nobody waits for the reply any more. */
  | { readonly type: 'cancel'; readonly id: number };

/** Main thread to worker: what became of it. */
export type ToMessagingWorker =
  | { readonly type: 'sent'; readonly id: number }
  | { readonly type: 'reply'; readonly id: number; readonly message: Message }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly error: MessagingErrorCase;
      readonly text: string;
    };
