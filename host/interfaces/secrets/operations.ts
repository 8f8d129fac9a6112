import { flag } from '../../runtime/trace/attribute.ts';
import { describeOperations } from '../../runtime/trace/operation.ts';

/** What a host records of secrets: which one was asked for, and never what it is. */
export const secretOperations = describeOperations<'get' | 'reveal'>(
  { interface: 'wasmcloud:secrets', target: 'secret', item: 'item' },
  {
    get: { effect: 'read', attributes: [flag('hit', 'there', 'not there')] },
    reveal: { effect: 'read', attributes: [] },
  },
);
