import type { HostImports } from '../engine/link/host-imports.ts';

/** The functions of WASI 0.3 under the names by which the engine tells them from those of 0.2; see `InterfaceName.key`. */
export function ofTrack03(imports: HostImports): HostImports {
  return Object.fromEntries(Object.entries(imports).map(([name, functions]) => [`${name}@0.3`, functions]));
}
