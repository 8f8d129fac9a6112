import type { NamedEntry } from '../../../runtime/ipc/protocol.ts';
import type { CallLink, WorkerTrigger } from '../../../runtime/worker/worker-trigger.ts';
import type { DeliveredMessage } from '../messages.ts';
import { readMessage } from '../records.ts';
import { MessageCall, type MessageEntry, MissingHandler } from './message-call.ts';

/**
 * Messages, in a worker.
 *
 * @param handlers which entry of the program handles the messages of a component
 * @param isStreamed whether an entry is one of 0.3.0
 */
export function messagingTrigger(
  handlers: readonly NamedEntry[],
  isStreamed: (entry: number) => boolean,
): WorkerTrigger {
  const entries = new Map(
    handlers.map(({ name, entry }): [string, MessageEntry] => [
      name,
      { entry, isStreamed: isStreamed(entry) },
    ]),
  );
  const call = ({ component, message }: DeliveredMessage, id: number, link: CallLink): MessageCall => {
    const entry = entries.get(component);
    return entry === undefined
      ? new MissingHandler(id, message, component, link)
      : new MessageCall(id, message, entry, link);
  };
  return {
    name: 'messaging',
    read: (ring, at, id, link) => call(readMessage(ring, at), id, link),
    take: (value, id, link) => call(value as DeliveredMessage, id, link),
  };
}
