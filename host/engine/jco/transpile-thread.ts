import { parentPort } from 'node:worker_threads';
import { transpile } from './transpile.ts';
import type { Transpiled, TranspileTask } from './transpiler.ts';

/** The entry of the transpiler's thread. */
parentPort?.on('message', async ({ component, options, reply }: TranspileTask) => {
  try {
    reply.postMessage({ files: await transpile(component, options) } satisfies Transpiled);
  } catch (error) {
    reply.postMessage({ error } satisfies Transpiled);
  }
});
