import { type BinaryReader, unknown } from './binary-reader.ts';
import { readExternName } from './decode-names.ts';
import { Undecodable } from './undecodable.ts';
import type { FunctionType, PrimitiveKind, VariantCase, WitType } from './wit-type.ts';

/** What an index of a component can stand for, as far as types go. */
export type Entity =
  | { readonly kind: 'type'; readonly type: WitType }
  | { readonly kind: 'function'; readonly type: FunctionType }
  | { readonly kind: 'instance'; readonly type: InstanceType }
  | { readonly kind: 'other' };

/** The exports of an instance, by name. */
export interface InstanceType {
  readonly exports: Map<string, Entity>;
}

/** The index spaces of a component, or of a component or instance type, and the ones around it. */
export interface Scope {
  readonly outer: Scope | undefined;
  readonly types: Entity[];
  readonly instances: InstanceType[];
}

/** Sorts of a component's definitions, as the binary numbers them; see `readSort`. */
export const sorts = {
  function: 0x01,
  type: 0x03,
  component: 0x04,
  instance: 0x05,
  coreFunction: 0x100,
  coreTable: 0x101,
  coreMemory: 0x102,
  coreGlobal: 0x103,
} as const;

const primitives = new Map<number, PrimitiveKind>([
  [0x7f, 'bool'],
  [0x7e, 's8'],
  [0x7d, 'u8'],
  [0x7c, 's16'],
  [0x7b, 'u16'],
  [0x7a, 's32'],
  [0x79, 'u32'],
  [0x78, 's64'],
  [0x77, 'u64'],
  [0x76, 'f32'],
  [0x75, 'f64'],
  [0x74, 'char'],
  [0x73, 'string'],
  [0x64, 'error-context'],
]);

export const other: Entity = { kind: 'other' };
export const emptyInstance: InstanceType = { exports: new Map() };

/** Adds what an import or a declaration brings to the index space of its kind. */
export function declare(entity: Entity, scope: Scope): void {
  if (entity.kind === 'type') scope.types.push(entity);
  else if (entity.kind === 'instance') scope.instances.push(entity.type);
}

/** An alias among declarations: of an exported type or instance, or of a type around. */
function readAlias(reader: BinaryReader, scope: Scope): void {
  const sort = readSort(reader);
  const target = reader.byte();
  if (target === 2) {
    aliasOuter(sort, reader, scope);
    return;
  }
  const instance = reader.u32();
  aliasExport(sort, instance, reader.name(), scope);
}

/** The sort of what an index stands for; the core sorts are told apart by 0x100. */
export function readSort(reader: BinaryReader): number {
  const sort = reader.byte();
  return sort === 0 ? 0x100 + reader.byte() : sort;
}

/** The rest of an alias of something in a scope around this one. */
export function aliasOuter(sort: number, reader: BinaryReader, scope: Scope): void {
  let from: Scope | undefined = scope;
  for (let count = reader.u32(); count > 0 && from !== undefined; count -= 1) from = from.outer;
  const index = reader.u32();
  if (sort === sorts.type) scope.types.push(from?.types[index] ?? other);
}

/** Adds what an alias of an instance's export brings to the index space of its sort. */
export function aliasExport(sort: number, instance: number, name: string, scope: Scope): void {
  const entity = scope.instances[instance]?.exports.get(name) ?? other;
  if (sort === sorts.type) scope.types.push(entity);
  else if (sort === sorts.instance)
    scope.instances.push(entity.kind === 'instance' ? entity.type : emptyInstance);
}

export function readExternType(reader: BinaryReader, scope: Scope): Entity {
  const form = reader.byte();
  switch (form) {
    case 0:
      reader.byte();
      reader.u32();
      return other;
    case 1:
    case 5:
      return scope.types[reader.u32()] ?? other;
    case 2:
      // A value, equal to another one or of a type.
      if (reader.byte() === 0) reader.u32();
      else readTypeReference(reader, scope);
      return other;
    case 3:
      if (reader.byte() === 0) return scope.types[reader.u32()] ?? other;
      return { kind: 'type', type: { kind: 'resource' } };
    case 4:
      reader.u32();
      return other;
    default:
      throw unknown('kind of import', form, reader);
  }
}

export function readType(reader: BinaryReader, scope: Scope): Entity {
  const form = reader.peek();
  switch (form) {
    case 0x40:
    case 0x43:
      reader.byte();
      return { kind: 'function', type: readFunction(reader, scope, form === 0x43) };
    case 0x41:
    case 0x42:
      reader.byte();
      return { kind: 'instance', type: readDeclarations(reader, scope) };
    case 0x3f:
      reader.byte();
      reader.byte();
      reader.optional((item) => item.u32());
      return { kind: 'type', type: { kind: 'resource' } };
    default:
      return { kind: 'type', type: readValueType(reader, scope) };
  }
}

function readFunction(reader: BinaryReader, scope: Scope, isAsync: boolean): FunctionType {
  const params = reader.vector((item) => ({ name: item.name(), type: readTypeReference(item, scope) }));
  if (reader.byte() === 0) return { isAsync, params, result: readTypeReference(reader, scope) };
  // Results with names, which early components had.
  if (reader.byte() !== 0) throw new Undecodable('a function with several results', reader.position);
  return { isAsync, params, result: undefined };
}

/** The declarations of an instance or component type; imports of the latter are read and dropped. */
function readDeclarations(reader: BinaryReader, outer: Scope): InstanceType {
  const scope: Scope = { outer, types: [], instances: [] };
  const exports = new Map<string, Entity>();
  reader.vector((item) => {
    const form = item.byte();
    switch (form) {
      case 0x01:
        scope.types.push(readType(item, scope));
        return;
      case 0x02:
        readAlias(item, scope);
        return;
      case 0x03:
      case 0x04: {
        const name = readExternName(item);
        const entity = readExternType(item, scope);
        declare(entity, scope);
        if (form === 0x04) exports.set(name, entity);
        return;
      }
      case 0x00:
        throw new Undecodable('a type of core modules', item.position);
      default:
        throw unknown('declaration', form, item);
    }
  });
  return { exports };
}

function readTypeReference(reader: BinaryReader, scope: Scope): WitType {
  const form = reader.peek();
  const primitive = primitives.get(form);
  if (primitive !== undefined) {
    reader.byte();
    return { kind: primitive };
  }
  return typeAt(reader.s33(), reader, scope);
}

function typeAt(index: number, reader: BinaryReader, scope: Scope): WitType {
  const entity = scope.types[index];
  if (entity?.kind === 'type') return entity.type;
  throw new TypeError(`there is no type ${index} at byte ${reader.position}`);
}

function readValueType(reader: BinaryReader, scope: Scope): WitType {
  const form = reader.byte();
  const primitive = primitives.get(form);
  if (primitive !== undefined) return { kind: primitive };
  const reference = (item: BinaryReader): WitType => readTypeReference(item, scope);
  switch (form) {
    case 0x72:
      return {
        kind: 'record',
        fields: reader.vector((item) => ({ name: item.name(), type: reference(item) })),
      };
    case 0x71:
      return { kind: 'variant', cases: reader.vector((item) => readCase(item, reference)) };
    case 0x70:
      return { kind: 'list', of: reference(reader) };
    case 0x67: {
      const of = reference(reader);
      reader.u32();
      return { kind: 'list', of };
    }
    case 0x6f:
      return { kind: 'tuple', of: reader.vector(reference) };
    case 0x6e:
      return { kind: 'flags', names: reader.vector((item) => item.name()) };
    case 0x6d:
      return { kind: 'enum', names: reader.vector((item) => item.name()) };
    case 0x6b:
      return { kind: 'option', of: reference(reader) };
    case 0x6a:
      return { kind: 'result', ok: reader.optional(reference), err: reader.optional(reference) };
    case 0x69:
      return { kind: 'own', resource: typeAt(reader.u32(), reader, scope) };
    case 0x68:
      return { kind: 'borrow', resource: typeAt(reader.u32(), reader, scope) };
    case 0x66:
      return { kind: 'stream', of: reader.optional(reference) };
    case 0x65:
      return { kind: 'future', of: reader.optional(reference) };
    case 0x63:
      return { kind: 'map', key: reference(reader), value: reference(reader) };
    default:
      throw unknown('type', form, reader);
  }
}

function readCase(reader: BinaryReader, reference: (item: BinaryReader) => WitType): VariantCase {
  const name = reader.name();
  const type = reader.optional(reference);
  reader.byte();
  return { name, type };
}
