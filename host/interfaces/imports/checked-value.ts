import { fieldTypes, listOfMap } from '../../engine/abi/layout.ts';
import { typeText } from '../../engine/decode/wit-text.ts';
import type { PrimitiveKind, WitType } from '../../engine/decode/wit-type.ts';
import { camelCase } from '../../engine/link/host-name.ts';
import { shownValue } from '../../settings/shown-value.ts';
import { nearest } from '../../shared/nearest.ts';
import { WrongValue } from './wrong-value.ts';

/** The least and the most of each type of whole numbers. */
const ranges: Readonly<Partial<Record<PrimitiveKind, readonly [least: number, most: number]>>> = {
  u8: [0, 0xff],
  s8: [-0x80, 0x7f],
  u16: [0, 0xffff],
  s16: [-0x8000, 0x7fff],
  u32: [0, 0xffff_ffff],
  s32: [-0x8000_0000, 0x7fff_ffff],
};
const wideRanges = {
  u64: [0n, 0xffff_ffff_ffff_ffffn],
  s64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
} as const;

/** How deep values may lie in each other. */
const deepest = 100;

/** Makes a handle of what stands for a resource. Throws a `WrongValue` where it stands for none of that kind. */
export type OwnResource = (resource: WitType, value: unknown, path: string) => number;

/**
 * What a module answers, in the shape in which it is lowered and with plain data only, which can be given to another thread. Throws a
 * `WrongValue` that names the part that is wrong and what is expected there.
 *
 * @param path what the value is called in messages
 * @param own makes handles of resources
 */
export function checkedValue(type: WitType, value: unknown, path: string, own: OwnResource): unknown {
  return check(type, value, path, own, 0);
}

function check(type: WitType, value: unknown, path: string, own: OwnResource, depth: number): unknown {
  if (depth > deepest) throw new WrongValue(`${path} lies more than ${deepest} deep`);
  const part = (of: WitType, inner: unknown, at: string): unknown => check(of, inner, at, own, depth + 1);
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : wrong(path, value, type);
    case 'string':
      return typeof value === 'string' ? value : wrong(path, value, type);
    case 'char':
      return isChar(value) ? value : wrong(path, value, type, 'text of one character');
    case 'f32':
    case 'f64':
      return typeof value === 'number' ? value : wrong(path, value, type);
    case 'u64':
    case 's64': {
      const [least, most] = wideRanges[type.kind];
      if (typeof value === 'bigint' && value >= least && value <= most) return value;
      return wrong(path, value, type, `a bigint from ${least}n to ${most}n`);
    }
    case 'list':
      return checkList(type, value, path, part);
    case 'map':
      return part(listOfMap(type), value instanceof Map ? [...value] : value, path);
    case 'option': {
      if (type.of.kind !== 'option') return value == null ? undefined : part(type.of, value, path);
      const tag = tagOf(value);
      if (tag === 'none') return { tag };
      if (tag === 'some') return { tag, val: part(type.of, payloadIn(value), `${path}.val`) };
      return wrong(path, value, type, "{ tag: 'none' } or { tag: 'some', val }");
    }
    case 'tuple': {
      if (!Array.isArray(value) || value.length !== type.of.length)
        return wrong(path, value, type, `a list of ${type.of.length}`);
      return type.of.map((of, index) => part(of, value[index], `${path}[${index}]`));
    }
    case 'record': {
      if (!isObject(value)) return wrong(path, value, type, 'an object');
      const types = fieldTypes(type);
      return Object.fromEntries(
        type.fields.map(({ name }, index) => {
          const key = camelCase(name);
          return [key, part(types[index] ?? type, value[key], `${path}.${key}`)];
        }),
      );
    }
    case 'flags':
      return checkFlags(type.names, value, path, type);
    case 'enum':
      return type.names.find((name) => name === value) ?? wrongWord(path, value, type.names);
    case 'variant': {
      const found = type.cases.find(({ name }) => name === tagOf(value));
      if (found === undefined)
        return isObject(value) && 'tag' in value
          ? wrongWord(
              `${path}.tag`,
              value.tag,
              type.cases.map(({ name }) => name),
            )
          : wrong(path, value, type, `{ tag } or { tag, val }`);
      if (found.type === undefined) return { tag: found.name };
      return { tag: found.name, val: part(found.type, payloadIn(value), `${path}.val`) };
    }
    case 'result': {
      const tag = tagOf(value);
      if (tag !== 'ok' && tag !== 'err')
        return wrong(path, value, type, "{ tag: 'ok', val } or { tag: 'err', val }");
      const of = tag === 'ok' ? type.ok : type.err;
      return { tag, val: of === undefined ? undefined : part(of, payloadIn(value), `${path}.val`) };
    }
    case 'own':
      return own(type.resource, value, path);
    default: {
      const range = ranges[type.kind as PrimitiveKind];
      if (range === undefined)
        throw new WrongValue(`${path} has the type ${type.kind}, which no module can answer`);
      const [least, most] = range;
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
        return value;
      return wrong(path, value, type, `a whole number from ${least} to ${most}`);
    }
  }
}

function checkList(
  type: Extract<WitType, { kind: 'list' }>,
  value: unknown,
  path: string,
  part: (of: WitType, inner: unknown, at: string) => unknown,
): unknown {
  const expected = type.of.kind === 'u8' ? 'a Uint8Array' : 'a list';
  if (!Array.isArray(value) && !isTypedArray(value)) return wrong(path, value, type, expected);
  if (type.length !== undefined && value.length !== type.length)
    throw new WrongValue(`${path} has ${value.length} entries. Expected ${type.length}`);
  // A copy: what the module goes on with is not what the guest gets.
  if (type.of.kind === 'u8' && value instanceof Uint8Array) return Uint8Array.from(value);
  const items = Array.from(value as ArrayLike<unknown>, (item, index) =>
    part(type.of, item, `${path}[${index}]`),
  );
  return type.of.kind === 'u8' ? Uint8Array.from(items as number[]) : items;
}

function checkFlags(names: readonly string[], value: unknown, path: string, type: WitType): unknown {
  if (!isObject(value) || Array.isArray(value))
    return wrong(path, value, type, 'an object of flags that are true or false');
  const known = new Map(names.map((name) => [camelCase(name), name]));
  const flags: Record<string, boolean> = {};
  for (const [key, flag] of Object.entries(value)) {
    if (!known.has(key)) {
      const near = nearest(key, known.keys());
      const hint = near === undefined ? '' : `. Did you mean ${near}?`;
      throw new WrongValue(`${path} has the flag ${key}, which there is not${hint}`);
    }
    if (typeof flag !== 'boolean' && flag !== undefined)
      throw new WrongValue(`${path}.${key} is ${shownValue(flag)}. Expected true or false`);
    flags[key] = flag === true;
  }
  return flags;
}

function wrong(path: string, value: unknown, type: WitType, expected?: string): never {
  const text = typeText(type);
  const what = expected === undefined ? wordsFor(type) : expected;
  throw new WrongValue(`${path} is ${shownValue(value)}. Expected ${what} (${text})`);
}

function wordsFor({ kind }: WitType): string {
  return kind === 'bool' ? 'true or false' : kind === 'string' ? 'text' : 'a number';
}

function wrongWord(path: string, value: unknown, words: readonly string[]): never {
  const near = typeof value === 'string' ? nearest(value, words) : undefined;
  const hint = near === undefined ? '' : `. Did you mean ${near}?`;
  throw new WrongValue(
    `${path} is ${shownValue(value)}. Expected ${words.map((word) => JSON.stringify(word)).join(' or ')}${hint}`,
  );
}

function isChar(value: unknown): value is string {
  if (typeof value !== 'string' || [...value].length !== 1) return false;
  return !/^[\ud800-\udfff]$/.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isTypedArray(value: unknown): value is ArrayLike<unknown> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function tagOf(value: unknown): unknown {
  return isObject(value) ? value.tag : undefined;
}

function payloadIn(value: unknown): unknown {
  return isObject(value) ? value.val : undefined;
}
