import { parseInterfaceName } from './supported-versions.ts';

const blocking = /^(poll|\[method\]pollable\.block|\[method\](input|output)-stream\.blocking-.*)$/;

/** Whether a function of the host may answer a promise, for which the guest is suspended. */
export function mayWait(interfaceName: string, name: string): boolean {
  const { package: owner } = parseInterfaceName(interfaceName);
  return (
    owner === 'wasi:keyvalue' || owner === 'wasi:logging' || (owner === 'wasi:io' && blocking.test(name))
  );
}
