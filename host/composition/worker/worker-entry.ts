import { enableCompileCache, flushCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';
import type { WorkerSetup } from '../../runtime/ipc/protocol.ts';

/** The entry of a worker. Everything else is loaded with the code that V8 made of it the last time. */
const { codeCache } = workerData as WorkerSetup;
if (codeCache !== undefined) enableCompileCache(codeCache);
await import('./worker.ts');
if (codeCache !== undefined) flushCompileCache();
