import { word } from '../../runtime/trace/attribute.ts';
import { describeOperations } from '../../runtime/trace/operation.ts';

/** What a host records of what a component logs, so that it is seen among what happened around it. */
export const loggingOperations = describeOperations<'log'>(
  { interface: 'wasi:logging', target: 'context', item: 'item' },
  { log: { effect: 'tell', attributes: [word('level'), word('message')] } },
);
