import { parentPort, workerData } from 'node:worker_threads';
import { checkLink } from '../engine/link/link-check.ts';
import { isError } from '../shared/is-error.ts';
import type { StartAnswer, StartCheck } from './program-check.ts';

/** The thread of `checkProgram`: it runs the start of a component's core modules. */
let asksForSomething = false;
let problem: string | undefined;
try {
  checkLink(workerData as StartCheck, () => {
    asksForSomething = true;
  });
} catch (error) {
  const reason = isError(error) ? error.message : String(error);
  problem = asksForSomething ? undefined : `its start traps: ${reason}. Every request would fail of it.`;
}
parentPort?.postMessage({ problem } satisfies StartAnswer);
