import { parentPort, workerData } from 'node:worker_threads';
import { type TranspileOptions, transpile } from './transpile.ts';

/** Transpiles one component away from the main thread, which shows progress meanwhile. */
const { component, options } = workerData as { component: Uint8Array; options: TranspileOptions };
parentPort?.postMessage(await transpile(component, options));
