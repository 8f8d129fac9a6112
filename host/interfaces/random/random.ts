import { trap } from '../../engine/guest-trap.ts';
import type { Interfaces } from '../imports.ts';

/** The most random bytes of one call; asking for more traps, so that a guest can't exhaust the host. */
const mostBytes = 16 * 1024 * 1024;

/** Makes so many random bytes. */
export type RandomSource = (length: number) => Buffer;

/** Loaded when a guest asks for it, because that takes a third of the time in which a worker starts. */
const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

/** What nobody can foresee. */
export const systemRandom: RandomSource = (length) => crypto().randomBytes(length);

/** The same bytes in the same order for the same seed: the key stream of a cipher. */
export function seededRandom(seed: number | string): RandomSource {
  const { createCipheriv, createHash } = crypto();
  const key = createHash('sha256').update(String(seed)).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (length) => cipher.update(Buffer.alloc(length));
}

/** `wasi:random`. */
export function random(source: RandomSource): Interfaces {
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
