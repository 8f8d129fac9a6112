import type { Trap } from '../../runtime/outcome.ts';
import type { TraceRecord } from '../../runtime/trace/trace-record.ts';

/** Why a request gets an answer of ours in place of the component's. */
export interface Failure {
  readonly status: number;
  readonly reason: string;
  readonly method: string;
  readonly path: string;
  readonly trap?: Trap;
  readonly operations?: readonly TraceRecord[];
  /** How many more there were. */
  readonly omittedOperations?: number;
}
