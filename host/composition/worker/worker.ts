import { workerData } from 'node:worker_threads';
import { interfaces } from '../../interfaces/index.ts';
import type { WorkerSetup } from '../../runtime/ipc/protocol.ts';
import { runWorker } from '../../runtime/worker/worker.ts';
import { httpTrigger } from '../../triggers/http/worker/trigger.ts';

await runWorker(workerData as WorkerSetup, { interfaces, triggers: [httpTrigger] });
