import type { WorkerTrigger } from '../../../runtime/worker/worker-trigger.ts';
import type { CommandRun } from '../messages.ts';
import { CommandCall } from './command-call.ts';

/** Runs of a command, in a worker. */
export const runTrigger: WorkerTrigger = {
  name: 'run',
  read() {
    throw new TypeError('a run came as a record');
  },
  take: (value, id, link) => new CommandCall(id, value as CommandRun, link),
};
