import { Worker } from 'node:worker_threads';
import { threadUrl } from '../thread-url.ts';

/**
 * The core modules of a component that can be brought back to its start, changed so that they note what they write; see
 * `makeResettable`. They are made in a thread, because a large component takes a second.
 */
export function notingModules(component: Uint8Array): Promise<readonly WebAssembly.Module[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly WebAssembly.Module[]>();
  const worker = new Worker(threadUrl('noting-thread', import.meta.url), { workerData: component, env: {} });
  worker.unref();
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (status) => reject(new Error(`the thread ended with status ${status}`)));
  return promise;
}
