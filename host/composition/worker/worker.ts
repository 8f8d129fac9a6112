import { workerData } from 'node:worker_threads';
import { interfaces } from '../../interfaces/index.ts';
import type { WorkerSetup } from '../../runtime/ipc/protocol.ts';
import { runWorker } from '../../runtime/worker/worker.ts';
import type { WorkerTrigger } from '../../runtime/worker/worker-trigger.ts';
import { httpTrigger, otherHttpTrigger } from '../../triggers/http/worker/trigger.ts';

const setup = workerData as WorkerSetup;
await runWorker(setup, {
  interfaces,
  triggers: await Promise.all(setup.triggers.map((name) => triggerOf(name, setup))),
});

async function triggerOf(name: string, { triggers, program, routes }: WorkerSetup): Promise<WorkerTrigger> {
  if (name === 'run') return (await import('../../triggers/run/worker/trigger.ts')).runTrigger;
  // A service that answers requests is called by both, and runs by the first entry.
  if (triggers.length > 1) return await otherHttpTrigger(true, [{ path: '', entry: 1 }]);
  const isAsync = program.kind === 'linked' && program.entry.type.isAsync;
  const isUsual = !isAsync && routes === undefined;
  return isUsual ? httpTrigger : await otherHttpTrigger(isAsync, routes);
}
