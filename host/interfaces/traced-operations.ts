import { type PackedTrace, unpackTrace } from '../runtime/trace/packed-trace.ts';
import type { TraceRecord } from '../runtime/trace/trace-record.ts';
import { TracedOperations } from '../runtime/trace/traced-operations.ts';
import { interfaces } from './index.ts';

/** The operations of all interfaces that record what a component does. */
export const tracedOperations = new TracedOperations(interfaces.flatMap((one) => one.operations ?? []));

/** The records of a request that are kept. */
export function recordsOf(trace: PackedTrace): TraceRecord[] {
  return unpackTrace(trace, tracedOperations);
}
