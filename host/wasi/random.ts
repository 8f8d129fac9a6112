import { randomBytes } from 'node:crypto';

/** The most random bytes of one call; asking for more traps, so that a guest can't exhaust the host. */
const mostBytes = 16 * 1024 * 1024;

function getRandomBytes(length: bigint): Uint8Array {
  if (length > BigInt(mostBytes))
    throw new Error(`${length} random bytes were asked for; at most ${mostBytes} are given`);
  return randomBytes(Number(length));
}

function getRandomU64(): bigint {
  return randomBytes(8).readBigUInt64LE();
}

export const random = { getRandomBytes, getRandomU64 };
export const insecureRandom = { getInsecureRandomBytes: getRandomBytes, getInsecureRandomU64: getRandomU64 };
export const insecureSeed = { insecureSeed: (): [bigint, bigint] => [getRandomU64(), getRandomU64()] };
