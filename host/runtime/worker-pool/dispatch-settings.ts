import type { RuntimeLimits } from '../limits.ts';

/** What of a host's settings is about its threads. */
export interface DispatchSettings {
  /** How many threads run the component. */
  readonly threads: number;
  /** Whether more of them serve for a while where some are kept busy. Default: they do. */
  readonly maySpread?: boolean;
  /** Milliseconds without progress after which a request is given up. */
  readonly requestTimeout: number;
  readonly limits: RuntimeLimits;
}
