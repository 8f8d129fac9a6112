import type { MessagingErrorCase } from '../../interfaces/messaging/messaging-error.ts';
import { messagingOperations } from '../../interfaces/messaging/operations.ts';

const names = Object.keys(messagingOperations.operations);

/** What faults of messages can say, as those of keys are described in `fault-spec.ts`. */
export const messageFaults = {
  interface: messagingOperations.interface,
  item: 'replyTo',
  target: 'subject',
  names,
  isName: (given: unknown): given is string => names.some((name) => name === given),
  /** A message has no part that a fault could name. */
  itemless: names,
  errors: [
    'other',
    'subject-invalid',
    'access-denied',
    'timeout',
    'broker-unavailable',
    'message-too-large',
    'quota-exceeded',
  ] as const satisfies readonly MessagingErrorCase[],
} as const;

/** Whether a fault is about messages: it names a subject, or an operation of theirs. */
export function isAboutMessages(fault: Readonly<Record<string, unknown>>): boolean {
  const { op, subject } = fault;
  const [first]: readonly unknown[] = Array.isArray(op) ? op : [op];
  return subject !== undefined || messageFaults.isName(first);
}
