import type { BackendName } from '../config/settings.ts';
import type { ScenarioHost } from './scenario.ts';
import type { Stage } from './stage.ts';

/** A backend that scenarios are to run on. */
export interface Column {
  readonly backend: BackendName;
  /** Why it can't be had here. */
  readonly missing?: string;
}

/** Hosts for scenarios, on every backend that was asked for. */
export interface Stages extends AsyncDisposable {
  readonly columns: readonly Column[];
  /** A host whose buckets are empty; the one before is not to be used any more. Throws a `HostError`. */
  stage(backend: BackendName, host: ScenarioHost): Promise<Stage>;
}
