import { keyvalueOperations } from '../../host/interfaces/keyvalue/operations.ts';
import { count, flag, size, word } from '../../host/runtime/trace/attribute.ts';
import { describeOperations } from '../../host/runtime/trace/operation.ts';
import { TracedOperations } from '../../host/runtime/trace/traced-operations.ts';

/** The operations of an interface that kvasi does not have: requests to others, which may make operations in turn. */
export const mailOperations = describeOperations(
  { interface: 'demo:mail', target: 'host', item: 'mailbox' },
  {
    connect: { effect: 'open', attributes: [] },
    send: {
      effect: 'write',
      isParent: true,
      attributes: [
        flag('accepted', 'accepted', 'refused'),
        word('server'),
        size('bytes'),
        count('parts', 'part', 'parts'),
      ],
    },
    list: { effect: 'read', attributes: [] },
  },
);

/** Those of keyvalue and of the other interface. */
export const twoInterfaces = new TracedOperations([keyvalueOperations, mailOperations]);
