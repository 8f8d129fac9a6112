import { describeOperations } from '../../runtime/trace/operation.ts';

/** What a host records of calls of imports that a module serves: one operation, whatever the function is. */
export const importOperations = describeOperations<'call'>(
  { interface: 'imports', target: 'import', item: 'function' },
  { call: { effect: 'write', attributes: [] } },
);
