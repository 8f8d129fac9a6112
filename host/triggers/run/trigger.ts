import type { Sending } from '../../runtime/ipc/sending.ts';
import type { Output } from '../../runtime/outcome.ts';
import type { Trigger } from '../../runtime/trigger.ts';
import type { CommandOutput, CommandRun } from './messages.ts';

/** Nothing of a run is so frequent that it were a record. */
function asMessages<T, Message>(): Sending<T, Message | T> {
  return {
    size: () => undefined,
    write() {
      throw new TypeError('a run is sent as a message');
    },
    message: (value) => ({ value, transfer: [] }),
  };
}

const sentRuns: Sending<CommandRun> = {
  ...asMessages<CommandRun, unknown>(),
  message: ({ args, terminals }) => ({ value: { args, terminals }, transfer: [] }),
};

/** How ends of runs are sent. */
export const sentEnds: Sending<CommandOutput, Output> = asMessages<CommandOutput, Output>();

/** Runs of a command, on the main thread; each is a `CommandCall`. */
export const runTrigger: Trigger<CommandRun> = {
  name: 'run',
  calls: sentRuns,
  readOutput() {
    throw new TypeError('the end of a run came as a record');
  },
};
