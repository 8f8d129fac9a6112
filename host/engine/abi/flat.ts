import type { CoreType } from './layout.ts';

/** A flat value: an expression, and the core type that it has. */
export interface Flat {
  readonly expression: string;
  readonly core: CoreType;
}

/** Takes the first flat value off; answers its expression. */
export function shift(flats: Flat[]): string {
  const flat = flats.shift();
  if (flat === undefined) throw new Error('a value has fewer flat parts than its type');
  return flat.expression;
}

/** A flat value that several cases share, as the one of this case. */
export function reinterpret(flat: Flat | undefined, wanted: CoreType): string {
  if (flat === undefined) throw new Error('a variant has fewer flat parts than its case');
  const { expression, core } = flat;
  if (core === wanted) return expression;
  if (core === 'i32') return `r.floatOfBits(${expression})`;
  switch (wanted) {
    case 'i32':
      return `Number(BigInt.asIntN(32, ${expression}))`;
    case 'f32':
      return `r.floatOfBits(Number(BigInt.asIntN(32, ${expression})))`;
    default:
      return `r.doubleOfBits(${expression})`;
  }
}

/** A flat value as the one that several cases share. */
export function shareAs(
  expression: string,
  core: CoreType | undefined,
  shared: CoreType | undefined,
): string {
  if (core === shared || core === undefined) return expression;
  if (shared === 'i32') return `r.bitsOfFloat(${expression})`;
  switch (core) {
    case 'i32':
      return `BigInt(${expression} >>> 0)`;
    case 'f32':
      return `BigInt(r.bitsOfFloat(${expression}) >>> 0)`;
    default:
      return `r.bitsOfDouble(${expression})`;
  }
}
