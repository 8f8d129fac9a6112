import { workerData } from 'node:worker_threads';
import { loadInterfaces } from '../../interfaces/index.ts';
import type { WorkerSetup } from '../../runtime/ipc/protocol.ts';
import { runWorker } from '../../runtime/worker/worker.ts';
import type { WorkerTrigger } from '../../runtime/worker/worker-trigger.ts';
import { httpTrigger, otherHttpTrigger } from '../../triggers/http/worker/trigger.ts';

const setup = workerData as WorkerSetup;
const [interfaces, trigger] = await Promise.all([loadInterfaces(), triggerOf(setup)]);
await runWorker(setup, { interfaces, triggers: [trigger] });

async function triggerOf({ triggers: [name], program, routes }: WorkerSetup): Promise<WorkerTrigger> {
  if (name === 'run') return (await import('../../triggers/run/worker/trigger.ts')).runTrigger;
  const isAsync = program.kind === 'linked' && program.entry.type.isAsync;
  const isUsual = !isAsync && routes === undefined;
  return isUsual ? httpTrigger : await otherHttpTrigger(isAsync, routes);
}
