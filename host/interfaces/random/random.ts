import { trap } from '../../engine/guest-trap.ts';
import type { HostImports } from '../../engine/link/host-imports.ts';
import type { RandomSource } from '../../shared/random.ts';

/** The most random bytes of one call; asking for more traps, so that a guest can't exhaust the host. */
const mostBytes = 16 * 1024 * 1024;

/** `wasi:random`. */
export function random(source: RandomSource): HostImports {
  const bytes = (length: bigint): Uint8Array => {
    if (length > BigInt(mostBytes))
      trap(`${length} random bytes were asked for; at most ${mostBytes} are given`);
    return source(Number(length));
  };
  const number = (): bigint => source(8).readBigUInt64LE();
  return {
    'wasi:random/random': { getRandomBytes: bytes, getRandomU64: number },
    'wasi:random/insecure': { getInsecureRandomBytes: bytes, getInsecureRandomU64: number },
    'wasi:random/insecure-seed': { insecureSeed: (): [bigint, bigint] => [number(), number()] },
  };
}
