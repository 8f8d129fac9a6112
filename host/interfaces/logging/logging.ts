import type { HostImports } from '../../engine/link/host-imports.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import { type GuestLog, type GuestLogLevel, guestLogLevels } from '../../runtime/worker/guest-log.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import { loggingOperations } from './operations.ts';
import type { LeastLevel } from './settings.ts';

const { log } = loggingOperations.operations;

/** The longest message, and the longest context, in characters; of a longer one the beginning is taken. */
export const longestMessage = 64 * 1024;
export const longestContext = 1024;
/** So much of a message is recorded with what happened around it. */
const longestRecorded = 1000;

/**
 * `wasi:logging/logging` for one guest. It waits while whoever reads what it logs is behind.
 *
 * @param least the least level that is taken
 */
export function logging(guest: Pick<Guest, 'log' | 'output' | 'trace'>, least: LeastLevel): HostImports {
  const trace = guest.trace.of(loggingOperations);
  const from = least === 'off' ? guestLogLevels.length : guestLogLevels.indexOf(least);
  return {
    'wasi:logging/logging': {
      log(level: GuestLogLevel, context: string, message: string): MaybePromise<void> {
        if (guestLogLevels.indexOf(level) < from) return;
        const { span } = guest.trace;
        const told: GuestLog = {
          level,
          context: cut(context, longestContext),
          message: cut(message, longestMessage),
          ...(span === undefined ? {} : { span }),
        };
        const values = [level, cut(message, longestRecorded)];
        trace.note(log, told.context, undefined, values, undefined, performance.now());
        if (guest.output.permit() > 0) guest.log(told);
        else return whenPermitted(guest.output).then(() => guest.log(told));
      },
    },
  };
}

async function whenPermitted(output: Guest['output']): Promise<void> {
  while (output.permit() <= 0) await output.whenReady();
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // A character of two units is not cut in the middle.
  const begin = text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
  return `${begin}… (${text.length} characters in all)`;
}
