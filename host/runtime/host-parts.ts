import type { RuntimeInterface } from './interface.ts';
import type { Trigger } from './trigger.ts';

/** What a host is made of besides the runtime. */
export interface HostParts {
  /** All that a component may import. */
  readonly interfaces: readonly RuntimeInterface[];
  /** All that call the component. */
  readonly triggers: readonly Trigger[];
  /** The module that a worker runs: it puts the same parts together with `runWorker`. */
  readonly workerEntry: URL;
}
