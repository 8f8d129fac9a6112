import { whyTrapped } from '../runtime/outcome.ts';
import type { CommandEnd } from '../triggers/run/command-call.ts';

/** How a scheduled run has ended. */
export interface ScheduleReport extends CommandEnd {
  /** Its number, which counts with those of the requests of the host. */
  readonly request: number;
  /** The name of the schedule. */
  readonly schedule: string;
}

/** Why a run has failed; undefined where it has not. */
export function failureOf({ status, trap, reason }: CommandEnd): string | undefined {
  if (trap !== undefined) return whyTrapped(trap);
  if (status === 0) return undefined;
  if (status === undefined) return reason ?? 'its thread broke down';
  return status === 1 ? 'the component answered with an error' : `the component exited with status ${status}`;
}
