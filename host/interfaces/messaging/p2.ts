import type { Guest } from '../../runtime/worker/guest.ts';
import type { Message } from './message.ts';
import { MessagingError } from './messaging-error.ts';
import type { MessagingWorker } from './messaging-worker.ts';

/** The imports of `wasmcloud:messaging@0.2.0` for one guest. Errors are texts there. */
export function messaging02(
  messages: MessagingWorker,
  guest: Guest,
): Record<string, Record<string, unknown>> {
  return {
    'wasmcloud:messaging/types': {},
    'wasmcloud:messaging/consumer': {
      request: (subject: string, body: Uint8Array, timeoutMs: number): Promise<Message> =>
        asText(messages.request(guest, { subject, body }, timeoutMs)),
      publish: (message: Message): Promise<void> => asText(messages.publish(guest, message)),
    },
  };
}

async function asText<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof MessagingError ? error.message : error;
  }
}
