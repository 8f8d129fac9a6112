/** Some hundred KB, several chunks of every store, that say which write they are of, from the first byte to the last. */
export function numberedBlob(number: number): Buffer {
  return Buffer.from(
    String(number)
      .padStart(10, '0')
      .repeat(60_000 + (number % 7) * 1000),
  );
}
