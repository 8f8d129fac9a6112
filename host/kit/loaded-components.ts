import { stat } from 'node:fs/promises';
import { type LoadedComponent, loadComponent } from '../component/load.ts';
import { Transpiler } from '../component/transpiler.ts';
import { noticeLoaded } from './loaded-notice.ts';

interface Loaded {
  readonly version: string;
  readonly component: Promise<LoadedComponent>;
}

/** By path. A component that has changed is loaded again. */
const loaded = new Map<string, Loaded>();

/**
 * Loads a component, once for all hosts of this process. Throws a `HostError` when it can't be served.
 *
 * @param memory see `loadComponent`
 */
export async function loadOnce(path: string, memory: number): Promise<LoadedComponent> {
  noticeLoaded(path);
  const found = await stat(path).catch(() => undefined);
  const version = found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size} ${memory}`;
  const known = loaded.get(path);
  if (known?.version === version) return await known.component;
  const component = load(path, memory);
  loaded.set(path, { version, component });
  component.catch(() => {
    if (loaded.get(path)?.component === component) loaded.delete(path);
  });
  return await component;
}

async function load(path: string, memory: number): Promise<LoadedComponent> {
  // Its thread is started only for a component that jco has to transpile.
  const transpiler = new Transpiler();
  try {
    return await loadComponent(path, memory, transpiler, () => {});
  } finally {
    await transpiler.close();
  }
}
