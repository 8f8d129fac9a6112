import { stat } from 'node:fs/promises';
import type { LoadedComponent, LoadOptions } from '../component/load.ts';
import { loadAlone } from '../component/load-alone.ts';
import { filesOf, type Workload } from '../component/workload.ts';
import { noticeLoaded } from './loaded-notice.ts';

interface Loaded {
  readonly version: string;
  readonly component: Promise<LoadedComponent>;
}

/** By what it is made of. A component that has changed is loaded again. */
const loaded = new Map<string, Loaded>();

/** Loads what a host serves, once for all hosts of this process. Throws a `HostError` when it can't be served. */
export async function loadOnce(workload: Workload, options: LoadOptions): Promise<LoadedComponent> {
  const files = filesOf(workload);
  for (const file of files) noticeLoaded(file);
  const { path, components, imports } = workload;
  // What a program gives is no part of what is loaded.
  const named = imports.map((module) => (module.kind === 'file' ? module : module.name));
  const key = components.length + named.length === 0 ? path : JSON.stringify({ ...workload, imports: named });
  const version = `${await versionOf(workload)} ${options.memory} ${options.instances}`;
  const known = loaded.get(key);
  if (known?.version === version) return await known.component;
  const component = loadAlone(workload, options);
  loaded.set(key, { version, component });
  component.catch(() => {
    if (loaded.get(key)?.component === component) loaded.delete(key);
  });
  return await component;
}

/** A text that is another one when a file of it has changed, or is gone. */
export async function versionOf(workload: Workload): Promise<string> {
  return (await Promise.all(filesOf(workload).map(fileVersion))).join(' ');
}

/** A text that is another one when the file has changed, or is gone. */
async function fileVersion(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`;
}
