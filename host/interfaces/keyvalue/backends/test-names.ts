import { randomBytes } from 'node:crypto';

/** What begins the names that `freshTestName` makes. */
const mark = 'kvasi-test-';
const names = /kvasi-test-[\da-f]{16}[-:]/g;

/**
 * Begins the buckets, or the keys, of one host in a store that others use too. Nobody else has such a name, so whatever begins with it
 * may be removed.
 */
export function freshTestName(end: '-' | ':'): string {
  return `${mark}${randomBytes(8).toString('hex')}${end}`;
}

/** Whether a text begins with a name of `freshTestName`. */
export function isTestName(text: string): boolean {
  return text.search(names) === 0;
}

/** A message says the same from run to run. */
export function withoutTestNames(message: string): string {
  return message.includes(mark) ? message.replaceAll(names, '') : message;
}
