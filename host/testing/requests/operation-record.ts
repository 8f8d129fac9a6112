import type { Operation } from '../../interfaces/keyvalue/operation.ts';
import type { OperationName } from '../../interfaces/keyvalue/operations.ts';

/** A keyvalue operation of the component. */
export interface HostOperation extends Operation {
  readonly op: OperationName;
  /** The request that it served, counted from 1. */
  readonly request: number;
}
