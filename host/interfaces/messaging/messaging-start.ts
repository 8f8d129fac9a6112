import type { WorkerContext, WorkerPart } from '../../runtime/interface.ts';
import { DEFAULT_LIMITS } from '../../settings/limits.ts';
import type { ToMessagingWorker } from './messages.ts';
import type { SharedMessaging } from './messaging-pool.ts';
import { MessagingWorker } from './messaging-worker.ts';
import { messaging02 } from './p2.ts';
import { messaging03 } from './p3.ts';

/** Starts it on a worker. */
export function startMessaging(worker: WorkerContext): WorkerPart {
  const messages = new MessagingWorker(worker);
  const { largestBody } = (worker.shared as SharedMessaging | undefined) ?? {
    largestBody: DEFAULT_LIMITS.messageSize,
  };
  return {
    imports: (guest) => ({
      ...messaging02(messages, guest),
      ...messaging03(messages, guest, largestBody),
    }),
    receive: (message) => messages.receive(message as ToMessagingWorker),
  };
}
