import { parseInterfaceName } from './interface-name.ts';
import type { Entity, InstanceType } from './scope.ts';
import type { FunctionType, WitType } from './wit-type.ts';

/**
 * The resource types of the host where several components import them: a handle that one of them gives to another has to be of the same
 * type there, although each component's binary declares types of its own.
 */
export class HostTypes {
  readonly #known = new Map<string, WitType>();

  /**
   * The instance that a component declares as an import of the host, with the resource types that all components have for it. Handles of
   * one label are none of another.
   */
  shared(interfaceName: string, label: string | undefined, { exports }: InstanceType): InstanceType {
    const owner = `${parseInterfaceName(interfaceName).key} ${label ?? ''}`;
    const replaced = new Map<WitType, WitType>();
    for (const [name, entity] of exports) {
      if (entity.kind !== 'type' || entity.type.kind !== 'resource') continue;
      const key = `${owner} ${name}`;
      const known = this.#known.get(key);
      if (known === undefined) this.#known.set(key, entity.type);
      else if (known !== entity.type) replaced.set(entity.type, known);
    }
    if (replaced.size === 0) return { exports };
    const replace = (entity: Entity): Entity => {
      if (entity.kind === 'type') return { ...entity, type: withTypes(entity.type, replaced) };
      if (entity.kind === 'function') return { ...entity, type: functionWithTypes(entity.type, replaced) };
      return entity;
    };
    return { exports: new Map([...exports].map(([name, entity]) => [name, replace(entity)])) };
  }
}

function functionWithTypes(type: FunctionType, replaced: Map<WitType, WitType>): FunctionType {
  const { params, result } = type;
  return {
    ...type,
    params: params.map((param) => ({ ...param, type: withTypes(param.type, replaced) })),
    result: result && withTypes(result, replaced),
  };
}

/** The type with others in place of some within it; the same where none is. @param replaced grows by what was made */
function withTypes(type: WitType, replaced: Map<WitType, WitType>): WitType {
  const known = replaced.get(type);
  if (known !== undefined) return known;
  const made = remade(type, (part) => withTypes(part, replaced));
  replaced.set(type, made);
  return made;
}

function remade(type: WitType, part: (type: WitType) => WitType): WitType {
  const optional = (of: WitType | undefined): WitType | undefined => of && part(of);
  switch (type.kind) {
    case 'list':
    case 'option':
      return { ...type, of: part(type.of) };
    case 'stream':
    case 'future':
      return { ...type, of: optional(type.of) };
    case 'tuple':
      return { ...type, of: type.of.map(part) };
    case 'result':
      return { ...type, ok: optional(type.ok), err: optional(type.err) };
    case 'record':
      return { ...type, fields: type.fields.map((field) => ({ ...field, type: part(field.type) })) };
    case 'variant':
      return { ...type, cases: type.cases.map((one) => ({ ...one, type: optional(one.type) })) };
    case 'own':
    case 'borrow':
      return { ...type, resource: part(type.resource) };
    case 'map':
      return { ...type, key: part(type.key), value: part(type.value) };
    default:
      return type;
  }
}
