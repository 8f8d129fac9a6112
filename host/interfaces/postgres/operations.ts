import { count } from '../../runtime/trace/attribute.ts';
import { describeOperations, type OperationTraits } from '../../runtime/trace/operation.ts';
import type { PostgresOperationName } from './operation-name.ts';

/** Those that were answered, or changed. */
const rowCount = count('count', 'row', 'rows');

const traits = {
  query: { effect: 'read', attributes: [rowCount] },
  'query-batch': { effect: 'write', attributes: [] },
  prepare: { effect: 'open', attributes: [] },
  exec: { effect: 'write', attributes: [rowCount] },
} as const satisfies Record<PostgresOperationName, OperationTraits>;

/** What a host records of them; the item is the statement, shortened and without its parameters. */
export const postgresOperations = describeOperations<PostgresOperationName>(
  { interface: 'wasmcloud:postgres', target: 'database', item: 'statement' },
  traits,
);
