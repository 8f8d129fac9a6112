import type { Transpiler } from '../engine/jco/transpiler.ts';
import { type LoadedComponent, type LoadOptions, loadComponent } from './load.ts';
import type { Workload } from './workload.ts';

/** Loads a component, with the others of its workload where there are some. Throws a `HostError` when it can't be served. */
export async function loadWorkload(
  workload: Workload,
  options: LoadOptions,
  transpiler: Transpiler,
  onSlow: () => void,
): Promise<LoadedComponent> {
  const { path, components, routes, imports } = workload;
  if (components.length === 0 && routes.length === 0)
    return await loadComponent(path, { ...options, modules: imports }, transpiler, onSlow);
  return await (await import('./load-several.ts')).loadSeveral(workload, options);
}
