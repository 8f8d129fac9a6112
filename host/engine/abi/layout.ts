import type { WitType } from '../decode/wit-type.ts';

/** A type of core wasm that a value is flattened to. */
export type CoreType = 'i32' | 'i64' | 'f32' | 'f64';

/** How a core type is written in a module. */
export const coreCodes: Readonly<Record<CoreType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

/** How a type lies in the memory of a guest, in bytes, and what it is flattened to. */
export interface Layout {
  readonly size: number;
  readonly align: number;
  readonly flat: readonly CoreType[];
}

/** Beyond these, parameters and results go through memory. Source: the component model's `CanonicalABI.md`. */
export const maxFlatParams = 16;
/** The same of the parameters of a function that is lowered asynchronously. */
export const maxFlatAsyncParams = 4;
export const maxFlatResults = 1;

/** A type that no function of the fast path may have; jco's glue takes the component instead. */
export class UnsupportedType extends Error {
  override readonly name = 'UnsupportedType';
}

/** A pointer and a length. */
const pair: Layout = { size: 8, align: 4, flat: ['i32', 'i32'] };

const scalars: Readonly<Record<string, Layout>> = {
  bool: { size: 1, align: 1, flat: ['i32'] },
  s8: { size: 1, align: 1, flat: ['i32'] },
  u8: { size: 1, align: 1, flat: ['i32'] },
  s16: { size: 2, align: 2, flat: ['i32'] },
  u16: { size: 2, align: 2, flat: ['i32'] },
  s32: { size: 4, align: 4, flat: ['i32'] },
  u32: { size: 4, align: 4, flat: ['i32'] },
  s64: { size: 8, align: 8, flat: ['i64'] },
  u64: { size: 8, align: 8, flat: ['i64'] },
  f32: { size: 4, align: 4, flat: ['f32'] },
  f64: { size: 8, align: 8, flat: ['f64'] },
  char: { size: 4, align: 4, flat: ['i32'] },
  string: pair,
  own: { size: 4, align: 4, flat: ['i32'] },
  borrow: { size: 4, align: 4, flat: ['i32'] },
  stream: { size: 4, align: 4, flat: ['i32'] },
  future: { size: 4, align: 4, flat: ['i32'] },
  'error-context': { size: 4, align: 4, flat: ['i32'] },
};

const known = new WeakMap<WitType, Layout>();

/** Throws `UnsupportedType`. */
export function layoutOf(type: WitType): Layout {
  let layout = known.get(type);
  if (layout === undefined) {
    layout = computeLayout(type);
    known.set(type, layout);
  }
  return layout;
}

function computeLayout(type: WitType): Layout {
  const scalar = scalars[type.kind];
  if (scalar !== undefined) return scalar;
  switch (type.kind) {
    case 'list':
      return type.length === undefined ? pair : repeated(layoutOf(type.of), type.length);
    case 'map':
      return pair;
    case 'flags':
      return flagsLayout(type.names.length);
    case 'record':
    case 'tuple':
      return productLayout(fieldTypes(type));
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return sumLayout(casesOf(type).map((item) => item.type));
    default:
      throw new UnsupportedType(`it uses the type ${type.kind}`);
  }
}

const maps = new WeakMap<WitType, WitType>();

/** The list of pairs that a map is in memory. */
export function listOfMap(map: Extract<WitType, { kind: 'map' }>): WitType {
  let list = maps.get(map);
  if (list === undefined) {
    list = { kind: 'list', of: { kind: 'tuple', of: [map.key, map.value] } };
    maps.set(map, list);
  }
  return list;
}

/** The types of a record's or a tuple's fields, in order. */
export function fieldTypes(type: Extract<WitType, { kind: 'record' | 'tuple' }>): readonly WitType[] {
  return type.kind === 'tuple' ? type.of : type.fields.map((field) => field.type);
}

/** The cases of everything that is a variant in the end. */
export function casesOf(
  type: Extract<WitType, { kind: 'variant' | 'enum' | 'option' | 'result' }>,
): readonly { readonly name: string; readonly type: WitType | undefined }[] {
  switch (type.kind) {
    case 'variant':
      return type.cases;
    case 'enum':
      return type.names.map((name) => ({ name, type: undefined }));
    case 'option':
      return [
        { name: 'none', type: undefined },
        { name: 'some', type: type.of },
      ];
    case 'result':
      return [
        { name: 'ok', type: type.ok },
        { name: 'err', type: type.err },
      ];
  }
}

/** Where each field lies from the start, in bytes. */
export function fieldOffsets(types: readonly WitType[]): number[] {
  const offsets: number[] = [];
  let end = 0;
  for (const type of types) {
    const { size, align } = layoutOf(type);
    const at = alignTo(end, align);
    offsets.push(at);
    end = at + size;
  }
  return offsets;
}

/** The size of a variant's discriminant, in bytes. */
export function discriminantSize(cases: number): 1 | 2 | 4 {
  if (cases <= 0x100) return 1;
  return cases <= 0x10000 ? 2 : 4;
}

/** Where a variant's payload lies from the start, in bytes. */
export function payloadOffset(types: readonly (WitType | undefined)[]): number {
  return alignTo(discriminantSize(types.length), payloadAlign(types));
}

function productLayout(types: readonly WitType[]): Layout {
  const layouts = types.map(layoutOf);
  const align = Math.max(1, ...layouts.map((layout) => layout.align));
  const last = layouts.at(-1);
  const end = last === undefined ? 0 : (fieldOffsets(types).at(-1) ?? 0) + last.size;
  return { size: alignTo(end, align), align, flat: layouts.flatMap(({ flat }) => flat) };
}

function sumLayout(types: readonly (WitType | undefined)[]): Layout {
  const align = Math.max(discriminantSize(types.length), payloadAlign(types));
  let size = 0;
  const flat: CoreType[] = [];
  for (const type of types) {
    if (type === undefined) continue;
    const payload = layoutOf(type);
    size = Math.max(size, payload.size);
    payload.flat.forEach((core, index) => {
      const before = flat[index];
      flat[index] = before === undefined ? core : join(before, core);
    });
  }
  return { size: alignTo(payloadOffset(types) + size, align), align, flat: ['i32', ...flat] };
}

function payloadAlign(types: readonly (WitType | undefined)[]): number {
  return Math.max(1, ...types.map((type) => (type === undefined ? 1 : layoutOf(type).align)));
}

function flagsLayout(count: number): Layout {
  if (count === 0) throw new UnsupportedType('it uses a flags type without names');
  if (count > 32) {
    const words = Math.ceil(count / 32);
    return { size: 4 * words, align: 4, flat: new Array<CoreType>(words).fill('i32') };
  }
  const size = count <= 8 ? 1 : count <= 16 ? 2 : 4;
  return { size, align: size, flat: ['i32'] };
}

/** The entries of a list of fixed length lie in place. Flat parts beyond those that count are left out. */
function repeated({ size, align, flat }: Layout, length: number): Layout {
  const flats = Math.min(length, maxFlatParams + 1);
  return { size: size * length, align, flat: Array.from({ length: flats }, () => flat).flat() };
}

/** What two cases of a variant share one flat value as. */
function join(a: CoreType, b: CoreType): CoreType {
  if (a === b) return a;
  if ((a === 'i32' && b === 'f32') || (a === 'f32' && b === 'i32')) return 'i32';
  return 'i64';
}

function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}
