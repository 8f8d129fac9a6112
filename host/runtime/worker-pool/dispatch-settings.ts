import type { RuntimeLimits } from '../limits.ts';
import type { InterfacePools } from './interface-pools.ts';

/** What of a host's settings is about its threads. */
export interface DispatchSettings {
  /** How many threads run the component. */
  readonly threads: number;
  /** Whether more of them serve for a while where some are kept busy. Default: they do. */
  readonly maySpread?: boolean;
  /** Whether a call may compute for as long as it likes, on a deep stack. Default: it may not, so that others get their turn. */
  readonly isPatient?: boolean;
  /** The interfaces of another one's workers, which these are to have in common with them. Default: they have their own. */
  readonly shares?: InterfacePools;
  /** Milliseconds without progress after which a request is given up. */
  readonly requestTimeout: number;
  readonly limits: RuntimeLimits;
}
