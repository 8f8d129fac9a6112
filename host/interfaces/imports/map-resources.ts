import { fieldTypes, listOfMap } from '../../engine/abi/layout.ts';
import type { WitType } from '../../engine/decode/wit-type.ts';
import { camelCase } from '../../engine/link/host-name.ts';

/** Makes something else of what stands for a resource. */
export type MapResource = (kind: 'own' | 'borrow', resource: WitType, value: unknown) => unknown;

const known = new WeakMap<WitType, boolean>();

/** Whether values of the type may have resources in them. */
export function hasResources(type: WitType): boolean {
  let has = known.get(type);
  if (has === undefined) {
    has = type.kind === 'own' || type.kind === 'borrow' || partsOf(type).some(hasResources);
    known.set(type, has);
  }
  return has;
}

/** The types within a type. */
export function partsOf(type: WitType): readonly WitType[] {
  const all = (parts: readonly (WitType | undefined)[]): WitType[] =>
    parts.filter((part) => part !== undefined);
  switch (type.kind) {
    case 'list':
    case 'option':
      return [type.of];
    case 'stream':
    case 'future':
      return all([type.of]);
    case 'record':
    case 'tuple':
      return fieldTypes(type);
    case 'variant':
      return all(type.cases.map((one) => one.type));
    case 'result':
      return all([type.ok, type.err]);
    case 'map':
      return [type.key, type.value];
    default:
      return [];
  }
}

/** The same value with other things in place of its resources. The value is of the type: it was lifted, or checked. */
export function mapResources(type: WitType, value: unknown, map: MapResource): unknown {
  if (!hasResources(type)) return value;
  const part = (of: WitType, inner: unknown): unknown => mapResources(of, inner, map);
  switch (type.kind) {
    case 'own':
    case 'borrow':
      return map(type.kind, type.resource, value);
    case 'list':
      return (value as readonly unknown[]).map((item) => part(type.of, item));
    case 'map':
      return part(listOfMap(type), value);
    case 'option': {
      if (value === undefined) return undefined;
      if (type.of.kind !== 'option') return part(type.of, value);
      const { tag, val } = value as Tagged;
      return tag === 'some' ? { tag, val: part(type.of, val) } : { tag };
    }
    case 'record': {
      const fields = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        type.fields.map((field) => {
          const key = camelCase(field.name);
          return [key, part(field.type, fields[key])];
        }),
      );
    }
    case 'tuple':
      return type.of.map((of, index) => part(of, (value as readonly unknown[])[index]));
    case 'variant': {
      const { tag, val } = value as Tagged;
      const of = type.cases.find(({ name }) => name === tag)?.type;
      return of === undefined ? { tag } : { tag, val: part(of, val) };
    }
    case 'result': {
      const { tag, val } = value as Tagged;
      const of = tag === 'ok' ? type.ok : type.err;
      return { tag, val: of === undefined ? undefined : part(of, val) };
    }
    default:
      return value;
  }
}

interface Tagged {
  readonly tag: string;
  readonly val?: unknown;
}
