import { workerData } from 'node:worker_threads';
import { interfaces } from '../../interfaces/index.ts';
import type { WorkerSetup } from '../../runtime/ipc/protocol.ts';
import { runWorker } from '../../runtime/worker/worker.ts';
import { http03Trigger, httpTrigger } from '../../triggers/http/worker/trigger.ts';

const setup = workerData as WorkerSetup;
const isAsync = setup.program.kind === 'linked' && setup.program.entry.type.isAsync;
await runWorker(setup, { interfaces, triggers: [isAsync ? await http03Trigger() : httpTrigger] });
