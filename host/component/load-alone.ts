import { Transpiler } from '../engine/jco/transpiler.ts';
import { type LoadedComponent, type LoadOptions, loadComponent } from './load.ts';

/** Loads one component, and keeps nothing for the next one. Throws a `HostError` when it can't be served. */
export async function loadAlone(path: string, options: LoadOptions): Promise<LoadedComponent> {
  // Its thread is started only for a component that jco has to transpile.
  const transpiler = new Transpiler();
  try {
    return await loadComponent(path, options, transpiler, () => {});
  } finally {
    await transpiler.close();
  }
}
