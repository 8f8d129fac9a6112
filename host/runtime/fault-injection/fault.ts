import type { OwnEffects } from './interceptor.ts';

/** How much later an operation is made, in milliseconds: evenly between two, or log-normal. */
export type Delay =
  | { readonly least: number; readonly most: number }
  | { readonly median: number; readonly p99: number };

/** Something that goes wrong between a guest and what it does through the host; see `Fault` of `kvasi/testing`. */
export interface FaultSpec {
  /** What chance decides is the same for the same seed and the same count of operations that matched. */
  readonly seed: string;
  /** Shared by all threads of the host; see `FaultCounts`. */
  readonly counts: SharedArrayBuffer;
  readonly interface: string;
  /** Default: every operation but opening. */
  readonly operations: readonly string[] | undefined;
  readonly target: string | undefined;
  /** What the names of the targets begin with that it happens to. Default: anything. */
  readonly targetStart?: string | undefined;
  readonly item: string | RegExp | undefined;
  /** How many operations that match pass first. */
  readonly after: number;
  /** How often it happens. */
  readonly times: number;
  /** Of the operations that match and are neither too early nor too late, the part that it happens to: 0 to 1. */
  readonly probability: number;
  readonly delay: Delay | undefined;
  /** A case of the interface's errors. */
  readonly error: string | undefined;
  readonly message: string | undefined;
  readonly drop: 'after-apply' | undefined;
  /** What the interface itself is to do to the operation; undefined: nothing. */
  readonly own: OwnEffects | undefined;
}
