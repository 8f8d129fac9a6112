/** 20 KB that say which write they are of, from the first byte to the last. */
export function numberedValue(number: number): Uint8Array {
  return Buffer.from(String(number).padStart(10, '0').repeat(2000));
}
