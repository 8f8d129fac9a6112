import type { StoreErrorCase } from '../../backends/backend.ts';

/** Something that goes wrong between a guest and a store; see `Fault` of the kit. */
export interface FaultSpec {
  readonly id: number;
  /** Default: every operation. */
  readonly ops: readonly string[] | undefined;
  readonly bucket: string | undefined;
  readonly key: string | RegExp | undefined;
  /** How many operations that match pass first. */
  readonly after: number;
  /** How often it happens. */
  readonly times: number;
  /** Of the operations that match and are neither too early nor too late, the part that it happens to: 0 to 1. */
  readonly probability: number;
  /** Milliseconds: evenly between the two. */
  readonly delay: readonly [least: number, most: number] | undefined;
  readonly error: StoreErrorCase | undefined;
  readonly message: string | undefined;
  readonly drop: 'after-apply' | undefined;
  readonly stale: boolean;
  readonly pageSize: number | undefined;
}
