import { type CounterType, StoreError } from './backend.ts';

/** How a counter's value is written: decimal digits, or 8 bytes as wash does on some backends. */
type CounterEncoding = 'ascii' | 'big-endian' | 'little-endian';

/** How the counters of a bucket are written. */
export interface CounterFormat {
  /** What wash writes on this backend: a stored value of exactly 8 bytes that is no decimal is one of those. */
  readonly wash: CounterEncoding;
  /** What new counters are written as. */
  readonly fresh: CounterEncoding;
}

/** A counter after an increment. */
export interface Counter {
  readonly count: bigint;
  /** What to store. */
  readonly bytes: Uint8Array;
}

const ranges: Record<CounterType, { readonly least: bigint; readonly most: bigint }> = {
  u64: { least: 0n, most: 2n ** 64n - 1n },
  s64: { least: -(2n ** 63n), most: 2n ** 63n - 1n },
};

/** The integers that a counter of a type may be. */
export function counterRange(type: CounterType): { readonly least: bigint; readonly most: bigint } {
  return ranges[type];
}

const integer = /^-?[0-9]+$/;
/** Longer texts can't be in range; this keeps a huge value from being parsed. */
const longestInteger = 20;
const asciiOnly: CounterFormat = { wash: 'ascii', fresh: 'ascii' };
/** Decimals of so many digits are exact as numbers, which are faster than texts and big integers. */
const mostDigits = 15;
const [zero, nine] = [0x30, 0x39];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Adds to a counter. Nothing stored counts as 0; what is stored keeps its encoding.
 * Throws a `StoreError` when the stored value is no integer or the sum does not fit `type`.
 */
export function addToCounter(
  stored: Uint8Array | undefined,
  delta: bigint,
  type: CounterType,
  format: CounterFormat = asciiOnly,
): Counter {
  const sum = stored === undefined ? undefined : addDigits(stored, delta);
  if (sum !== undefined) return sum;
  const before = stored === undefined ? { count: 0n, encoding: format.fresh } : read(stored, type, format);
  const count = before.count + delta;
  const { least, most } = counterRange(type);
  if (count < least || count > most) {
    throw new StoreError('other', `${before.count} + ${delta} is outside ${type}`, { changed: 'nothing' });
  }
  return { count, bytes: encode(count, before.encoding) };
}

/** The same for what is no more than a few digits, before and after; undefined for anything else. */
function addDigits(stored: Uint8Array, delta: bigint): Counter | undefined {
  if (stored.length === 0 || stored.length > mostDigits) return undefined;
  let before = 0;
  for (const digit of stored) {
    if (digit < zero || digit > nine) return undefined;
    before = before * 10 + (digit - zero);
  }
  const sum = before + Number(delta);
  if (!(sum >= 0 && sum < 10 ** mostDigits)) return undefined;
  let length = 1;
  for (let rest = sum; rest >= 10; rest = Math.floor(rest / 10)) length += 1;
  const bytes = new Uint8Array(length);
  for (let rest = sum, at = length - 1; at >= 0; at -= 1, rest = Math.floor(rest / 10))
    bytes[at] = zero + (rest % 10);
  return { count: BigInt(sum), bytes };
}

function read(stored: Uint8Array, type: CounterType, { wash }: CounterFormat) {
  const text = stored.length <= longestInteger ? decoder.decode(stored) : '';
  if (integer.test(text)) return { count: BigInt(text), encoding: 'ascii' as const };
  if (stored.length === 8 && wash !== 'ascii') return { count: decode(stored, wash, type), encoding: wash };
  throw new StoreError('other', 'its value is no integer', { changed: 'nothing' });
}

function decode(bytes: Uint8Array, encoding: CounterEncoding, type: CounterType): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = encoding === 'little-endian';
  return type === 's64' ? view.getBigInt64(0, isLittle) : view.getBigUint64(0, isLittle);
}

function encode(count: bigint, encoding: CounterEncoding): Uint8Array {
  if (encoding === 'ascii') return encoder.encode(count.toString());
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, count), encoding === 'little-endian');
  return bytes;
}
