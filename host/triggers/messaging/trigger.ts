import type { Trigger } from '../../runtime/trigger.ts';
import type { DeliveredMessage } from './messages.ts';
import { readEnd, sentMessages } from './records.ts';

/** Messages, on the main thread; each is a `Delivery`. */
export const messagingTrigger: Trigger<DeliveredMessage> = {
  name: 'messaging',
  calls: sentMessages,
  readOutput: readEnd,
};
