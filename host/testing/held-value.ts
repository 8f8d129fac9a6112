import { isDeepStrictEqual, types } from 'node:util';
import { isAsymmetric } from './matchers/matcher-arguments.ts';

/**
 * Whether the bytes under a key are what a test expects: a text, bytes, what JSON says, or a matcher of one of these.
 *
 * @param equals that of the test's runner, which knows matchers such as `expect.any(String)` wherever they are
 */
export function isHeld(
  actual: Uint8Array,
  expected: unknown,
  equals: (actual: unknown, expected: unknown) => boolean = isDeepStrictEqual,
): boolean {
  if (types.isUint8Array(expected)) return Buffer.compare(actual, expected) === 0;
  const text = Buffer.from(actual).toString();
  if (typeof expected === 'string') return text === expected;
  if (isAsymmetric(expected) && (expected.asymmetricMatch(text) || expected.asymmetricMatch(actual)))
    return true;
  try {
    return equals(JSON.parse(text), expected);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
