import { types } from 'node:util';
import { wrongArgument } from '../composition/options/wrong-argument.ts';
import { parseDuration } from '../shared/duration.ts';

const encoder = new TextEncoder();
const leastDelta = -(2n ** 63n);
const mostDelta = 2n ** 63n - 1n;

/** Throws a `HostError` for what is no text. Half of a surrogate pair would be taken for another character. */
export function requireText(what: string, given: unknown): asserts given is string {
  if (typeof given !== 'string') throw wrongArgument(what, given, 'text');
  if (!given.isWellFormed()) {
    throw wrongArgument(what, given, 'text without half of a surrogate pair');
  }
}

/** The bytes of a value that is to be stored. Throws a `HostError` for what has none of its own. */
export function bytesOf(what: string, given: unknown): Uint8Array {
  if (types.isUint8Array(given)) return given;
  if (typeof given !== 'string') {
    throw wrongArgument(what, given, 'text or a Uint8Array, such as JSON.stringify(value)');
  }
  requireText(what, given);
  return encoder.encode(given);
}

/** What is added to a counter. Throws a `HostError` for what is no whole number of 64 bits. */
export function deltaOf(what: string, given: unknown): bigint {
  const delta = typeof given === 'number' && Number.isSafeInteger(given) ? BigInt(given) : given;
  if (typeof delta !== 'bigint' || delta < leastDelta || delta > mostDelta) {
    throw wrongArgument(what, given, 'a whole number, or a bigint of 64 bits');
  }
  return delta;
}

/** Milliseconds of a duration such as `60s`. Throws a `HostError` for what is none. */
export function durationOf(what: string, given: unknown): number {
  // Of what is neither it says what would have been right.
  const parsed = parseDuration(typeof given === 'string' || typeof given === 'number' ? given : '');
  if ('expected' in parsed) throw wrongArgument(what, given, parsed.expected);
  return parsed.value;
}
