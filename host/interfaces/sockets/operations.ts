import { count } from '../../runtime/trace/attribute.ts';
import { describeOperations } from '../../runtime/trace/operation.ts';

/** What a host records of sockets: what leads somewhere, and not each read and write. */
export const socketOperations = describeOperations(
  { interface: 'wasi:sockets', target: 'address', item: 'name' },
  {
    'resolve-addresses': { effect: 'read', attributes: [count('count', 'address', 'addresses')] },
    'tcp.connect': { effect: 'write', attributes: [] },
    'tcp.listen': { effect: 'write', attributes: [] },
    'tcp.accept': { effect: 'read', attributes: [] },
    'udp.bind': { effect: 'write', attributes: [] },
  },
);

export type SocketOperation = keyof typeof socketOperations.operations;
