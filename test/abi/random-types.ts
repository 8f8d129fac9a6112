import fc from 'fast-check';
import type { WitType } from '../../host/engine/decode/wit-type.ts';

const scalars = [
  'bool',
  's8',
  'u8',
  's16',
  'u16',
  's32',
  'u32',
  's64',
  'u64',
  'f32',
  'f64',
  'char',
  'string',
] as const;

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `n-${index}`);

/** Any type that a function of an interface may have and jco takes, but for resources. */
export const types = typesWith(32, () => []);

/** The same with flags of any number, lists of fixed length and maps. */
export const moreTypes = typesWith(100, (tie) => [
  fc
    .tuple(tie('type'), fc.integer({ min: 1, max: 5 }))
    .map(([of, length]): WitType => ({ kind: 'list', of, length })),
  fc
    .tuple(fc.constantFrom<'string' | 'u32'>('string', 'u32'), tie('type'))
    .map(([kind, value]): WitType => ({ kind: 'map', key: { kind }, value })),
]);

type Tie = (key: 'type') => fc.Arbitrary<WitType>;

function typesWith(flags: number, more: (tie: Tie) => fc.Arbitrary<WitType>[]): fc.Arbitrary<WitType> {
  return fc.letrec<{ type: WitType }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...scalars).map((kind): WitType => ({ kind })),
      fc.integer({ min: 1, max: 300 }).map((count): WitType => ({ kind: 'enum', names: names(count) })),
      fc.integer({ min: 1, max: flags }).map((count): WitType => ({ kind: 'flags', names: names(count) })),
      tie('type').map((of): WitType => ({ kind: 'list', of })),
      tie('type').map((of): WitType => ({ kind: 'option', of })),
      fc
        .tuple(fc.option(tie('type'), { nil: undefined }), fc.option(tie('type'), { nil: undefined }))
        .map(([ok, err]): WitType => ({ kind: 'result', ok, err })),
      fc.array(tie('type'), { minLength: 1, maxLength: 5 }).map((of): WitType => ({ kind: 'tuple', of })),
      fc.array(tie('type'), { minLength: 1, maxLength: 5 }).map(
        (all): WitType => ({
          kind: 'record',
          fields: all.map((type, index) => ({ name: `f-${index}`, type })),
        }),
      ),
      fc.array(fc.option(tie('type'), { nil: undefined }), { minLength: 1, maxLength: 5 }).map(
        (all): WitType => ({
          kind: 'variant',
          cases: all.map((type, index) => ({ name: `c-${index}`, type })),
        }),
      ),
      ...more(tie),
    ),
  })).type;
}

/** Made once: each takes a while, for the ranges of its characters. */
const char = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
const text = fc.string({ unit: 'binary' });

/** Values of a type, in the shapes that jco gives them. */
export function valuesOf(type: WitType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean();
    case 's8':
      return fc.integer({ min: -128, max: 127 });
    case 'u8':
      return fc.integer({ min: 0, max: 255 });
    case 's16':
      return fc.integer({ min: -32768, max: 32767 });
    case 'u16':
      return fc.integer({ min: 0, max: 65535 });
    case 's32':
      return fc.integer();
    case 'u32':
      return fc.integer({ min: 0, max: 2 ** 32 - 1 });
    case 's64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'u64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case 'f32':
      return fc.float();
    case 'f64':
      return fc.double();
    case 'char':
      return char;
    case 'string':
      return text;
    case 'enum':
      return fc.constantFrom(...type.names);
    case 'flags':
      return fc.record(Object.fromEntries(type.names.map((name) => [camel(name), fc.boolean()])));
    case 'list':
      return fc
        .array(valuesOf(type.of), { minLength: type.length ?? 0, maxLength: type.length ?? 6 })
        .map((items) => asList(type.of, items));
    case 'map':
      return fc.array(fc.tuple(valuesOf(type.key), valuesOf(type.value)), { maxLength: 6 });
    case 'option':
      return optionOf(type.of);
    case 'result':
      return fc.oneof(caseOf('ok', type.ok, true), caseOf('err', type.err, true));
    case 'tuple':
      return fc.tuple(...type.of.map(valuesOf));
    case 'record':
      return fc.record(
        Object.fromEntries(type.fields.map((field) => [camel(field.name), valuesOf(field.type)])),
      );
    case 'variant':
      return fc.oneof(...type.cases.map((item) => caseOf(item.name, item.type, false)));
    default:
      throw new Error(`there are no values of ${type.kind}`);
  }
}

function optionOf(of: WitType): fc.Arbitrary<unknown> {
  if (of.kind !== 'option') return fc.option(valuesOf(of), { nil: undefined });
  return fc.oneof(
    fc.constant({ tag: 'none' }),
    valuesOf(of).map((val) => ({ tag: 'some', val })),
  );
}

function caseOf(tag: string, type: WitType | undefined, always: boolean): fc.Arbitrary<unknown> {
  if (type !== undefined) return valuesOf(type).map((val) => ({ tag, val }));
  return fc.constant(always ? { tag, val: undefined } : { tag });
}

const arrays: Readonly<Record<string, (items: never[]) => unknown>> = {
  u8: (items) => Uint8Array.from(items),
  s8: (items) => Int8Array.from(items),
  u16: (items) => Uint16Array.from(items),
  s16: (items) => Int16Array.from(items),
  u32: (items) => Uint32Array.from(items),
  s32: (items) => Int32Array.from(items),
  u64: (items) => BigUint64Array.from(items),
  s64: (items) => BigInt64Array.from(items),
  f32: (items) => Float32Array.from(items),
  f64: (items) => Float64Array.from(items),
};

function asList(of: WitType, items: unknown[]): unknown {
  return arrays[of.kind]?.(items as never[]) ?? items;
}

function camel(label: string): string {
  return label.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
