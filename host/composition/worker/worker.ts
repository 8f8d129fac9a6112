import { workerData } from 'node:worker_threads';
import { isTask } from '../../engine/link/program.ts';
import { interfaces } from '../../interfaces/index.ts';
import type { WorkerSetup } from '../../runtime/ipc/protocol.ts';
import { runWorker } from '../../runtime/worker/worker.ts';
import type { WorkerTrigger } from '../../runtime/worker/worker-trigger.ts';
import { http03Trigger, httpTrigger } from '../../triggers/http/worker/trigger.ts';

const setup = workerData as WorkerSetup;
await runWorker(setup, { interfaces, triggers: [await triggerOf(setup)] });

async function triggerOf({ triggers: [name], program }: WorkerSetup): Promise<WorkerTrigger> {
  if (name === 'run') return (await import('../../triggers/run/worker/trigger.ts')).runTrigger;
  return program.kind === 'linked' && isTask(program.entry) ? await http03Trigger() : httpTrigger;
}
