import { type PackedTrace, unpackTrace } from '../runtime/trace/packed-trace.ts';
import type { TraceRecord } from '../runtime/trace/trace-record.ts';
import { TracedOperations } from '../runtime/trace/traced-operations.ts';
import { loadedInterfaces } from './index.ts';

let all: TracedOperations | undefined;

/** The operations of all interfaces that record what a component does, once these are loaded. */
export function tracedOperations(): TracedOperations {
  all ??= new TracedOperations(loadedInterfaces().flatMap((one) => one.operations ?? []));
  return all;
}

/** The records of a request that are kept. */
export function recordsOf(trace: PackedTrace): TraceRecord[] {
  return unpackTrace(trace, tracedOperations());
}
