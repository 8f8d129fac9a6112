import type { WitType } from '../../host/engine/decode/wit-type.ts';

/** Types written as WIT. Records, variants, enums and flags get names and declarations. */
export class WitText {
  readonly declarations: string[] = [];

  of(type: WitType): string {
    switch (type.kind) {
      case 'list':
      case 'option':
        return `${type.kind}<${this.of(type.of)}>`;
      case 'result':
        return this.#result(type.ok, type.err);
      case 'tuple':
        return `tuple<${type.of.map((part) => this.of(part)).join(', ')}>`;
      case 'record':
        return this.#declare(
          'record',
          type.fields.map(({ name, type: of }) => `${name}: ${this.of(of)}`),
        );
      case 'variant':
        return this.#declare(
          'variant',
          type.cases.map(({ name, type: of }) => (of === undefined ? name : `${name}(${this.of(of)})`)),
        );
      case 'enum':
      case 'flags':
        return this.#declare(type.kind, type.names);
      default:
        return type.kind;
    }
  }

  #result(ok: WitType | undefined, err: WitType | undefined): string {
    if (err !== undefined) return `result<${ok === undefined ? '_' : this.of(ok)}, ${this.of(err)}>`;
    return ok === undefined ? 'result' : `result<${this.of(ok)}>`;
  }

  #declare(kind: string, members: readonly string[]): string {
    const name = `t${this.declarations.length}`;
    this.declarations.push(`${kind} ${name} { ${members.join(', ')} }`);
    return name;
  }
}

/** The same type with labels that WIT takes: no part of one begins with a digit. */
export function withLabels(type: WitType): WitType {
  switch (type.kind) {
    case 'list':
    case 'option':
      return { ...type, of: withLabels(type.of) };
    case 'result':
      return { ...type, ok: type.ok && withLabels(type.ok), err: type.err && withLabels(type.err) };
    case 'tuple':
      return { ...type, of: type.of.map(withLabels) };
    case 'record':
      return {
        ...type,
        fields: type.fields.map((field) => ({ name: label(field.name), type: withLabels(field.type) })),
      };
    case 'variant':
      return {
        ...type,
        cases: type.cases.map((item) => ({
          name: label(item.name),
          type: item.type && withLabels(item.type),
        })),
      };
    case 'enum':
    case 'flags':
      return { ...type, names: type.names.map(label) };
    default:
      return type;
  }
}

function label(name: string): string {
  return name.replace(/-(\d)/, '-x$1');
}
