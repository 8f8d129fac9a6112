/** Makes so many random bytes. */
export type RandomSource = (length: number) => Buffer;

/** Loaded when somebody asks for it, because that takes a third of the time in which a worker starts. */
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
