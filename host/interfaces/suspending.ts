import { parseInterfaceName } from '../engine/decode/interface-name.ts';
import { interfaces } from './index.ts';

/** Whether a function of the host may answer a promise, for which the guest is suspended. */
export function mayWait(interfaceName: string, name: string): boolean {
  const { package: owner } = parseInterfaceName(interfaceName);
  return interfaces.some(({ packages, suspends }) => owner in packages && suspends?.(name) === true);
}
