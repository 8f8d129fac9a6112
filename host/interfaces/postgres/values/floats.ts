import type { Codec } from './codec.ts';

/**
 * `hashable-f64`: mantissa, exponent and sign, of which the number is `sign × mantissa × 2^exponent`. Source: `integer_decode` of Rust's
 * crate num-traits, which wash uses.
 */
export type HashableFloat = readonly [mantissa: bigint, exponent: number, sign: number];

/** How a kind of numbers is laid out. */
interface Layout {
  /** Bits of the mantissa without its first one, which is not stored. */
  readonly fraction: bigint;
  /** What an exponent is more than the true one, with the bits of the fraction. */
  readonly bias: number;
  /** All bits of the exponent. */
  readonly exponents: number;
  bits(value: number): bigint;
}

const double: Layout = {
  fraction: 52n,
  bias: 1023 + 52,
  exponents: 0x7ff,
  bits: (value) => new DataView(new Float64Array([value]).buffer).getBigUint64(0, true),
};
const single: Layout = {
  fraction: 23n,
  bias: 127 + 23,
  exponents: 0xff,
  bits: (value) => BigInt(new DataView(new Float32Array([value]).buffer).getUint32(0, true)),
};

function decompose(value: number, { fraction, bias, exponents, bits }: Layout): HashableFloat {
  const raw = bits(value);
  const exponent = Number(raw >> fraction) & exponents;
  const stored = raw & ((1n << fraction) - 1n);
  const mantissa = exponent === 0 ? stored << 1n : stored | (1n << fraction);
  return [mantissa, exponent - bias, value < 0 || Object.is(value, -0) ? -1 : 1];
}

function compose([mantissa, exponent, sign]: HashableFloat, { fraction, bias, exponents }: Layout): number {
  // What all exponents' bits stand for: no number has this exponent.
  if (exponent === exponents - bias) {
    return mantissa === 1n << fraction ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  // In two steps: a power alone may be less than the least number.
  const half = Math.trunc(exponent / 2);
  return sign * (Number(mantissa) * 2 ** half * 2 ** (exponent - half));
}

/** As PostgreSQL writes it: the shortest digits that mean it. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export const float8: Codec<HashableFloat> = {
  write: (value) => numberText(compose(value, double)),
  read: (text) => decompose(Number(text), double),
};

export const float4: Codec<HashableFloat> = {
  write: (value) => numberText(Math.fround(compose(value, single))),
  read: (text) => decompose(Number(text), single),
};
