const largest = '18446744073709551615';

/**
 * The number of a content-length (RFC 9110, 8.6) without zeros in front, so that those that are the same read the same;
 * `undefined` where it is no number of 64 bits.
 */
export function contentLengthOf(text: string): string | undefined {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return undefined;
  }
  if (text.length === 0) return undefined;
  const plain = text.startsWith('0') ? text.replace(/^0+(?=.)/, '') : text;
  if (plain.length < largest.length) return plain;
  return plain.length === largest.length && plain <= largest ? plain : undefined;
}
