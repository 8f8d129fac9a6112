/** What came of a case: one of a backend's conformance, or a scenario on a backend. */
export interface CaseResult {
  readonly group: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  /** Why it failed or was skipped. */
  readonly reason?: string;
}
