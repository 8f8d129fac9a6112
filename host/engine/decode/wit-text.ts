import type { FunctionType, WitType } from './wit-type.ts';

/** Names of types, where they have some. */
export type TypeNames = ReadonlyMap<WitType, string>;

const unnamed: TypeNames = new Map();

/** A function as WIT writes it: `quote: func(item: string, count: u32) -> result<quote, refusal>`. */
export function functionText(
  name: string,
  { isAsync, params, result }: FunctionType,
  names: TypeNames = unnamed,
): string {
  const list = params.map((param) => `${param.name}: ${typeText(param.type, names)}`).join(', ');
  const answer = result === undefined ? '' : ` -> ${typeText(result, names)}`;
  return `${name}: ${isAsync ? 'async ' : ''}func(${list})${answer}`;
}

/** A type as WIT writes it; one without a name as its parts. */
export function typeText(type: WitType, names: TypeNames = unnamed): string {
  const name = names.get(type);
  if (name !== undefined) return name;
  const text = (part: WitType): string => typeText(part, names);
  switch (type.kind) {
    case 'list':
      return type.length === undefined ? `list<${text(type.of)}>` : `list<${text(type.of)}, ${type.length}>`;
    case 'option':
      return `option<${text(type.of)}>`;
    case 'result':
      if (type.ok === undefined) return type.err === undefined ? 'result' : `result<_, ${text(type.err)}>`;
      return type.err === undefined
        ? `result<${text(type.ok)}>`
        : `result<${text(type.ok)}, ${text(type.err)}>`;
    case 'record':
      return `record { ${type.fields.map((field) => `${field.name}: ${text(field.type)}`).join(', ')} }`;
    case 'tuple':
      return `tuple<${type.of.map(text).join(', ')}>`;
    case 'variant': {
      const cases = type.cases.map((one) =>
        one.type === undefined ? one.name : `${one.name}(${text(one.type)})`,
      );
      return `variant { ${cases.join(', ')} }`;
    }
    case 'enum':
    case 'flags':
      return `${type.kind} { ${type.names.join(', ')} }`;
    case 'own':
      return text(type.resource);
    case 'borrow':
      return `borrow<${text(type.resource)}>`;
    case 'stream':
    case 'future':
      return type.of === undefined ? type.kind : `${type.kind}<${text(type.of)}>`;
    case 'map':
      return `map<${text(type.key)}, ${text(type.value)}>`;
    default:
      return type.kind;
  }
}

/** The names that an interface has for its types. */
export function namesOf(types: Iterable<readonly [name: string, type: WitType]>): TypeNames {
  const names = new Map<WitType, string>();
  for (const [name, type] of types) if (!names.has(type)) names.set(type, name);
  return names;
}
