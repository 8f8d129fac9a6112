import { size } from '../../runtime/trace/attribute.ts';
import { describeOperations } from '../../runtime/trace/operation.ts';

/** What a host records of the messages that a component sends. */
export const messagingOperations = describeOperations(
  { interface: 'wasmcloud:messaging', target: 'subject', item: 'replyTo' },
  {
    publish: { effect: 'write', attributes: [size('size')] },
    // With the size of the reply.
    request: { effect: 'write', attributes: [size('size'), size('reply')] },
  },
);

export type MessagingOperationName = keyof typeof messagingOperations.operations;
