import type { BackendName } from '../../interfaces/keyvalue/configuration/backend-settings.ts';

/** What came of a scenario on a backend. */
export interface ScenarioResult {
  /** The file, for people. */
  readonly file: string;
  readonly name: string;
  readonly backend: BackendName;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  /** Where and how it failed, or why it was skipped. */
  readonly reason?: string;
}
