import { workerData } from 'node:worker_threads';
import { interfaces } from '../../interfaces/index.ts';
import type { WorkerSetup } from '../../runtime/ipc/protocol.ts';
import { runWorker } from '../../runtime/worker/worker.ts';
import { httpTrigger, otherHttpTrigger } from '../../triggers/http/worker/trigger.ts';

const setup = workerData as WorkerSetup;
const isAsync = setup.program.kind === 'linked' && setup.program.entry.type.isAsync;
const isUsual = !isAsync && setup.routes === undefined;
await runWorker(setup, {
  interfaces,
  triggers: [isUsual ? httpTrigger : await otherHttpTrigger(isAsync, setup.routes)],
});
