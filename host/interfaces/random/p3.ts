import type { HostImports } from '../../engine/link/host-imports.ts';

/** `wasi:random@0.3.0`: 0.2's functions, one of them under another name. */
export function random({ 'wasi:random/insecure-seed': seed, ...same }: HostImports): HostImports {
  return { ...same, 'wasi:random/insecure-seed': { getInsecureSeed: seed?.insecureSeed } };
}
