import type { WitType } from '../../host/engine/decode/wit-type.ts';

/** A type in the text of components. */
export function watType(type: WitType): string {
  switch (type.kind) {
    case 'list':
      return `(list ${watType(type.of)}${type.length === undefined ? '' : ` ${type.length}`})`;
    case 'map':
      return `(map ${watType(type.key)} ${watType(type.value)})`;
    case 'option':
      return `(option ${watType(type.of)})`;
    case 'result': {
      const ok = type.ok === undefined ? '' : ` ${watType(type.ok)}`;
      return `(result${ok}${type.err === undefined ? '' : ` (error ${watType(type.err)})`})`;
    }
    case 'tuple':
      return `(tuple ${type.of.map(watType).join(' ')})`;
    case 'record':
      return `(record ${type.fields.map((field) => `(field "${field.name}" ${watType(field.type)})`).join(' ')})`;
    case 'variant': {
      const cases = type.cases.map(
        (item) => `(case "${item.name}"${item.type ? ` ${watType(item.type)}` : ''})`,
      );
      return `(variant ${cases.join(' ')})`;
    }
    case 'enum':
    case 'flags':
      return `(${type.kind} ${type.names.map((name) => `"${name}"`).join(' ')})`;
    default:
      return type.kind;
  }
}
