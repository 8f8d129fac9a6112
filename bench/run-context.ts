import type { Contender } from './contenders/contender.ts';
import type { LoadGenerator } from './load/load-generator.ts';

/** How much is measured. */
export interface Extent {
  readonly rounds: number;
  /** Seconds of load in each round, and before the first. */
  readonly seconds: number;
  /** How many requests memory is measured after, at first and at last. */
  readonly memoryRequests: readonly [few: number, many: number];
}

/** What every measurement needs. */
export interface RunContext {
  readonly extent: Extent;
  readonly generator: LoadGenerator;
  /** A folder of this run. */
  readonly scratch: string;
  /** The version of each contender; one that is not here is not installed. */
  readonly versions: ReadonlyMap<Contender, string>;
  /** Tells people how far it is. */
  progress(text: string): void;
}
