import { BinaryReader } from './binary-reader.ts';
import type { FunctionType, InterfaceDescription, PrimitiveKind, VariantCase, WitType } from './wit-type.ts';

/** What a component asks for and gives, as its binary says. */
export interface ComponentDescription {
  readonly imports: readonly InterfaceDescription[];
  /** Imports that are no interfaces (bare functions, types, modules), by name. */
  readonly otherImports: readonly string[];
  readonly exports: readonly string[];
}

type Entity =
  | { readonly kind: 'type'; readonly type: WitType }
  | { readonly kind: 'function'; readonly type: FunctionType }
  | { readonly kind: 'instance'; readonly type: InstanceType }
  | { readonly kind: 'other' };

interface InstanceType {
  readonly exports: Map<string, Entity>;
}

/** The index spaces of a component, or of a component or instance type, and the ones around it. */
interface Scope {
  readonly outer: Scope | undefined;
  readonly types: Entity[];
  readonly instances: InstanceType[];
}

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

const other: Entity = { kind: 'other' };
const emptyInstance: InstanceType = { exports: new Map() };

/**
 * Reads the imports and exports of a component with their types, from its binary.
 * Throws a RangeError or TypeError with the byte position where the binary can't be read.
 * Source: the component model's `Binary.md`.
 */
export function decodeComponent(bytes: Uint8Array): ComponentDescription {
  const reader = new BinaryReader(bytes, 8);
  const scope: Scope = { outer: undefined, types: [], instances: [] };
  const imports: InterfaceDescription[] = [];
  const otherImports: string[] = [];
  const exports: string[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.slice(reader.u32());
    switch (id) {
      case 5:
        for (let count = section.u32(); count > 0; count -= 1) scope.instances.push(emptyInstance);
        break;
      case 6:
        section.vector((item) => readAlias(item, scope));
        break;
      case 7:
        section.vector((item) => scope.types.push(readType(item, scope)));
        break;
      case 10:
        section.vector((item) => {
          const name = readExternName(item);
          const entity = readExternType(item, scope);
          declare(entity, scope);
          if (entity.kind === 'instance') imports.push(describe(name, entity.type));
          else otherImports.push(name);
        });
        break;
      case 11:
        section.vector((item) => {
          exports.push(readExternName(item));
          readExport(item, scope);
        });
        break;
    }
  }
  return { imports, otherImports, exports };
}

function describe(name: string, instance: InstanceType): InterfaceDescription {
  const functions = new Map<string, FunctionType>();
  const types = new Map<string, WitType>();
  for (const [label, entity] of instance.exports) {
    if (entity.kind === 'function') functions.set(label, entity.type);
    else if (entity.kind === 'type') types.set(label, entity.type);
  }
  return { name, functions, types };
}

function declare(entity: Entity, scope: Scope): void {
  if (entity.kind === 'type') scope.types.push(entity);
  else if (entity.kind === 'instance') scope.instances.push(entity.type);
}

function readExternName(reader: BinaryReader): string {
  const form = reader.byte();
  if (form > 1) throw unknown('kind of name', form, reader);
  return reader.name();
}

function readExport(reader: BinaryReader, scope: Scope): void {
  const sort = readSort(reader);
  const index = reader.u32();
  const ascribed = reader.optional((item) => readExternType(item, scope));
  if (sort === 3) scope.types.push(ascribed ?? scope.types[index] ?? other);
  else if (sort === 5) scope.instances.push(scope.instances[index] ?? emptyInstance);
}

/** Core sorts take a second byte and never matter here. */
function readSort(reader: BinaryReader): number {
  const sort = reader.byte();
  if (sort === 0) reader.byte();
  return sort;
}

function readAlias(reader: BinaryReader, scope: Scope): void {
  const sort = readSort(reader);
  const target = reader.byte();
  if (target === 2) {
    let from: Scope | undefined = scope;
    for (let count = reader.u32(); count > 0; count -= 1) from = from?.outer;
    const index = reader.u32();
    if (sort === 3) scope.types.push(from?.types[index] ?? other);
    return;
  }
  const instance = reader.u32();
  const name = reader.name();
  if (target === 1) return;
  const entity = scope.instances[instance]?.exports.get(name) ?? other;
  if (sort === 3) scope.types.push(entity);
  else if (sort === 5) scope.instances.push(entity.kind === 'instance' ? entity.type : emptyInstance);
}

function readExternType(reader: BinaryReader, scope: Scope): Entity {
  const form = reader.byte();
  switch (form) {
    case 0:
      reader.byte();
      reader.u32();
      return other;
    case 1:
    case 5:
      return scope.types[reader.u32()] ?? other;
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

function readType(reader: BinaryReader, scope: Scope): Entity {
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
  reader.byte();
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
  if (entity?.kind !== 'type') throw unknown('type', index, reader);
  return entity.type;
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

function unknown(what: string, value: number, reader: BinaryReader): TypeError {
  return new TypeError(`unknown ${what} 0x${value.toString(16)} at byte ${reader.position}`);
}
