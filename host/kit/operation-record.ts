import type { Operation } from '../wasi/keyvalue/operation.ts';

/** A keyvalue operation of the component. */
export interface HostOperation extends Operation {
  /** The request that it served, counted from 1. */
  readonly request: number;
}
