import type { Linking } from '../engine/link/program.ts';
import { maySuspend } from '../interfaces/provided.ts';

const handler = /^wasi:http\/incoming-handler@0\.2\.\d+$/;

/** Whether an exported interface is the one that answers requests. */
export function isHandler(interfaceName: string): boolean {
  return handler.test(interfaceName);
}

/** What this host decides about the linking of a component. */
export const linking: Linking = {
  suspends: maySuspend,
  isEntry: ({ interface: owner, name }) => owner !== undefined && isHandler(owner) && name === 'handle',
};
