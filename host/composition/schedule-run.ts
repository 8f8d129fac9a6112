import { recordsOf } from '../interfaces/traced-operations.ts';
import { operationsOf } from './reported-request.ts';
import type { HostOperation } from './request-event.ts';
import { failureOf, type ScheduleReport } from './schedule-report.ts';

/** What became of a scheduled run. */
export interface ScheduleRun {
  /** The name of the schedule. */
  readonly schedule: string;
  /** Why it has failed; undefined where it has not. */
  readonly failure: string | undefined;
  /** Where it trapped: the wasm frames, the innermost first. Empty where it did not. */
  readonly backtrace: readonly string[];
  readonly milliseconds: number;
  /** What it did, in order, with 0 for the request. Opening something counts only where it failed. */
  readonly operations: readonly HostOperation[];
}

export function scheduleRunOf(report: ScheduleReport): ScheduleRun {
  const { schedule, trap, milliseconds, operations } = report;
  return {
    schedule,
    failure: failureOf(report),
    backtrace: trap?.backtrace ?? [],
    milliseconds,
    operations: operationsOf(recordsOf(operations), 0),
  };
}
