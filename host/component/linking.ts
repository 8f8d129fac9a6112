import type { ExportedFunction } from '../engine/link/link-plan.ts';
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

/** Whether a function is the one that answers requests. */
export function isHandlerFunction({ interface: owner, name }: ExportedFunction): boolean {
  return owner !== undefined && isHandler(owner) && name === 'handle';
}

/** What this host decides about the linking of a component. */
export const linking: Linking = {
  suspends: maySuspend,
  isEntry: isHandlerFunction,
};
