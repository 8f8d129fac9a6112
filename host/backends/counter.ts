import { type CounterType, StoreError } from './backend.ts';

const ranges: Record<CounterType, { readonly least: bigint; readonly most: bigint }> = {
  u64: { least: 0n, most: 2n ** 64n - 1n },
  s64: { least: -(2n ** 63n), most: 2n ** 63n - 1n },
};

const integer = /^-?[0-9]+$/;
/** Longer texts can't be in range; this keeps a huge value from being parsed. */
const longestInteger = 20;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The value of a counter after an increment. Counters are ASCII decimals on every backend.
 * Throws a `StoreError` when the stored value is no integer or the sum does not fit `type`.
 */
export function addToCounter(
  key: string,
  stored: Uint8Array | undefined,
  delta: bigint,
  type: CounterType,
): bigint {
  const sum = (stored === undefined ? 0n : parseCounter(key, stored)) + delta;
  const { least, most } = ranges[type];
  if (sum < least || sum > most) {
    throw new StoreError(
      'other',
      `increment of key '${key}' by ${delta}: ${sum} is outside ${type}; nothing was changed`,
    );
  }
  return sum;
}

export function encodeCounter(count: bigint): Uint8Array {
  return encoder.encode(count.toString());
}

function parseCounter(key: string, stored: Uint8Array): bigint {
  const text = stored.length <= longestInteger ? decoder.decode(stored) : '';
  if (!integer.test(text)) {
    throw new StoreError('other', `increment of key '${key}': its value is no integer; nothing was changed`);
  }
  return BigInt(text);
}
