import type { Linking } from '../engine/link/program.ts';
import { type ImportedModule, moduleFor } from '../interfaces/imports/imported-module.ts';
import { maySuspend } from '../interfaces/provided.ts';
import { type EntryPoint, handlerEntry } from './entry-point.ts';

/**
 * What this host decides about the linking of a component.
 *
 * @param entry the function that is called. Default: the handler of requests
 * @param modules what serves imports; their functions may answer promises
 */
export function linkingFor(
  entry: EntryPoint = handlerEntry,
  modules: readonly ImportedModule[] = [],
): Linking {
  return {
    suspends: (name, func) => moduleFor({ name }, modules) !== undefined || maySuspend(name, func),
    isEntry: (exported) => entry.isEntry(exported),
  };
}

/** The same for a component that answers requests, and imports nothing of modules. */
export const linking: Linking = linkingFor();
