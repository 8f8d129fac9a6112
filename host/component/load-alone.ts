import { Transpiler } from '../engine/jco/transpiler.ts';
import type { LoadedComponent, LoadOptions } from './load.ts';
import { loadWorkload } from './load-workload.ts';
import type { Workload } from './workload.ts';

/** Loads what one host serves, and keeps nothing for the next one. Throws a `HostError` when it can't be served. */
export async function loadAlone(workload: Workload, options: LoadOptions): Promise<LoadedComponent> {
  // Its thread is started only for a component that jco has to transpile.
  const transpiler = new Transpiler();
  try {
    return await loadWorkload(workload, options, transpiler, () => {});
  } finally {
    await transpiler.close();
  }
}
