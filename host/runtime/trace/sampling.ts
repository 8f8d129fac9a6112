/** Which requests are recorded as spans. */
export interface Sampling {
  /** The part of the traces that begin here, from 0 to 1. */
  readonly ratio: number;
  /** Whether a trace that comes from elsewhere is recorded here where it is there. */
  readonly followsParent: boolean;
}
