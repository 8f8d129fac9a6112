import type { StoreErrorCase } from '../backends/backend.ts';
import type { OperationName } from '../operations.ts';

/** How much later an operation is made, in milliseconds: evenly between two, or log-normal. */
export type Delay =
  | { readonly least: number; readonly most: number }
  | { readonly median: number; readonly p99: number };

/** Something that goes wrong between a guest and a store; see `Fault` of the kit. */
export interface FaultSpec {
  /** What chance decides is the same for the same seed and the same count of operations that matched. */
  readonly seed: string;
  /** Shared by all threads of the host; see `FaultCounts`. */
  readonly counts: SharedArrayBuffer;
  /** Default: every operation. */
  readonly ops: readonly OperationName[] | undefined;
  readonly bucket: string | undefined;
  readonly key: string | RegExp | undefined;
  /** How many operations that match pass first. */
  readonly after: number;
  /** How often it happens. */
  readonly times: number;
  /** Of the operations that match and are neither too early nor too late, the part that it happens to: 0 to 1. */
  readonly probability: number;
  readonly delay: Delay | undefined;
  readonly error: StoreErrorCase | undefined;
  readonly message: string | undefined;
  readonly drop: 'after-apply' | undefined;
  readonly stale: boolean;
  readonly pageSize: number | undefined;
}
