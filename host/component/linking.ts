import type { Linking } from '../engine/link/program.ts';
import { maySuspend } from '../interfaces/provided.ts';

const handler02 = /^wasi:http\/incoming-handler@0\.2\.\d+$/;
const handler03 = /^wasi:http\/handler@0\.3\.(?:[012]|0-rc-2026-03-15)$/;

/** Whether an exported interface is the one that answers requests. */
export function isHandler(interfaceName: string): boolean {
  return isHandler02(interfaceName) || handler03.test(interfaceName);
}

/** Whether it is one of WASI 0.2, which jco can serve too. */
export function isHandler02(interfaceName: string): boolean {
  return handler02.test(interfaceName);
}

/** What this host decides about the linking of a component. */
export const linking: Linking = {
  suspends: maySuspend,
  isEntry: ({ interface: owner, name }) => owner !== undefined && isHandler(owner) && name === 'handle',
};
