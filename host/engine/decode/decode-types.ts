import { type BinaryReader, unknown } from './binary-reader.ts';
import { skipCoreType } from './core-types.ts';
import { readExternName } from './decode-names.ts';
import { type Entity, emptyInstance, type InstanceType, other, Scope, sorts } from './scope.ts';
import { Undecodable } from './undecodable.ts';
import type { FunctionType, PrimitiveKind, VariantCase, WitType } from './wit-type.ts';

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
  scope.add(sort, from?.at(sort, reader.u32()) ?? other);
}

/** Adds what an alias of an instance's export brings to the index space of its sort. */
export function aliasExport(sort: number, instance: number, name: string, scope: Scope): void {
  scope.add(sort, scope.instances[instance]?.exports.get(name) ?? other);
}

/** What an import or an export is declared to be, and the sort of index that it gets. */
export interface ExternType {
  readonly sort: number;
  readonly entity: Entity;
}

export function readExternType(reader: BinaryReader, scope: Scope): ExternType {
  const form = reader.byte();
  switch (form) {
    case 0:
      reader.byte();
      reader.u32();
      return { sort: sorts.coreModule, entity: other };
    case 1:
      return { sort: sorts.function, entity: scope.types[reader.u32()] ?? other };
    case 2:
      // A value, equal to another one or of a type.
      if (reader.byte() === 0) reader.u32();
      else readTypeReference(reader, scope);
      return { sort: sorts.value, entity: other };
    case 3:
      if (reader.byte() === 0) return { sort: sorts.type, entity: scope.types[reader.u32()] ?? other };
      return { sort: sorts.type, entity: { kind: 'type', type: { kind: 'resource' } } };
    case 4:
      reader.u32();
      return { sort: sorts.component, entity: other };
    case 5: {
      const declared = scope.types[reader.u32()];
      const type = declared?.kind === 'instance-type' ? declared.declare() : emptyInstance;
      return { sort: sorts.instance, entity: { kind: 'instance', type } };
    }
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
    case 0x42: {
      reader.byte();
      const again = reader.fork();
      let read: InstanceType | undefined = readDeclarations(reader, scope);
      // The first import takes what was read, and each further one reads it anew.
      const declare = (): InstanceType => {
        const type = read ?? readDeclarations(again.fork(), scope);
        read = undefined;
        return type;
      };
      return { kind: 'instance-type', declare };
    }
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
  const scope = new Scope(outer);
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
        const { sort, entity } = readExternType(item, scope);
        scope.add(sort, entity);
        if (form === 0x04) exports.set(name, entity);
        return;
      }
      case 0x00:
        skipCoreType(item);
        return;
      default:
        throw unknown('declaration', form, item);
    }
  });
  return { exports };
}

export function readTypeReference(reader: BinaryReader, scope: Scope): WitType {
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
      return { kind: 'list', of, length: reader.u32() };
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
