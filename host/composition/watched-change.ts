import { recordsOf } from '../interfaces/traced-operations.ts';
import { whyFailed } from '../runtime/outcome.ts';
import type { ChangeReport } from '../triggers/keyvalue-watch/change-report.ts';
import { operationsOf } from './reported-request.ts';
import type { HostOperation } from './request-event.ts';

/** What became of a change in a bucket that a component watches. */
export interface WatchedChange extends Omit<ChangeReport, 'operations' | 'trap' | 'failure'> {
  /** Why it was not handled; undefined where it was. */
  readonly failure: string | undefined;
  /** Where the component trapped: the wasm frames, the innermost first. Empty where it did not. */
  readonly backtrace: readonly string[];
  /** What the component did, in order. Opening something counts only where it failed. */
  readonly operations: readonly HostOperation[];
}

export function watchedChangeOf(report: ChangeReport): WatchedChange {
  const { operations, trap, ...rest } = report;
  return {
    ...rest,
    failure: whyFailed(report),
    backtrace: trap?.backtrace ?? [],
    operations: operationsOf(recordsOf(operations), report.request),
  };
}
