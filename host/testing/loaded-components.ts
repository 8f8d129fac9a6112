import { stat } from 'node:fs/promises';
import type { LoadedComponent, LoadOptions } from '../component/load.ts';
import { loadAlone } from '../component/load-alone.ts';
import { noticeLoaded } from './loaded-notice.ts';

interface Loaded {
  readonly version: string;
  readonly component: Promise<LoadedComponent>;
}

/** By path. A component that has changed is loaded again. */
const loaded = new Map<string, Loaded>();

/** Loads a component, once for all hosts of this process. Throws a `HostError` when it can't be served. */
export async function loadOnce(path: string, options: LoadOptions): Promise<LoadedComponent> {
  noticeLoaded(path);
  const version = `${await fileVersion(path)} ${options.memory} ${options.instances}`;
  const known = loaded.get(path);
  if (known?.version === version) return await known.component;
  const component = loadAlone(path, options);
  loaded.set(path, { version, component });
  component.catch(() => {
    if (loaded.get(path)?.component === component) loaded.delete(path);
  });
  return await component;
}

/** A text that is another one when the file has changed, or is gone. */
export async function fileVersion(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`;
}
