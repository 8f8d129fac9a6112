import type { Linking } from '../engine/link/program.ts';
import { maySuspend } from '../interfaces/provided.ts';
import { type EntryPoint, handlerEntry } from './entry-point.ts';

/** What this host decides about the linking of a component. @param entry the function that is called */
export function linkingFor(entry: EntryPoint): Linking {
  return { suspends: maySuspend, isEntry: (exported) => entry.isEntry(exported) };
}

/** The same for a component that answers requests. */
export const linking: Linking = linkingFor(handlerEntry);
