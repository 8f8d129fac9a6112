const digits = /^[0-9]+$/;
const largest = 2n ** 64n - 1n;

/** The number of a content-length (RFC 9110, 8.6), `undefined` where it is none. */
export function parseContentLength(text: string): bigint | undefined {
  if (!digits.test(text) || text.length > 64) return undefined;
  const length = BigInt(text);
  return length <= largest ? length : undefined;
}
