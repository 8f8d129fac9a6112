import { camelCase, hostName, pascalCase } from '../link/host-name.ts';
import type { TypeNames } from './wit-text.ts';
import type { FunctionType, WitType } from './wit-type.ts';

/** Words that can't name a parameter. */
const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null package private protected public return ' +
    'static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

/** What lists of numbers are. */
const arrays: Readonly<Record<string, string>> = {
  u8: 'Uint8Array',
  s8: 'Int8Array',
  u16: 'Uint16Array',
  s16: 'Int16Array',
  u32: 'Uint32Array',
  s32: 'Int32Array',
  u64: 'BigUint64Array',
  s64: 'BigInt64Array',
  f32: 'Float32Array',
  f64: 'Float64Array',
};

/** The TypeScript type of the values that a type has in this host, whose shapes are those of jco. @param names of types that are written by name */
export function typescriptType(type: WitType, names: TypeNames): string {
  const name = names.get(type);
  return name === undefined ? typescriptShape(type, names) : pascalCase(name);
}

/** The same with its parts written out, whatever it is called itself. */
export function typescriptShape(type: WitType, names: TypeNames): string {
  const text = (part: WitType): string => typescriptType(part, names);
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 's64':
    case 'u64':
      return 'bigint';
    case 'char':
    case 'string':
      return 'string';
    case 'error-context':
      return 'Error';
    case 'list':
      return arrays[type.of.kind] ?? listOf(text(type.of));
    case 'map':
      return `[${text(type.key)}, ${text(type.value)}][]`;
    case 'option':
      return type.of.kind === 'option'
        ? `{ tag: 'none' } | { tag: 'some'; val: ${text(type.of)} }`
        : `${text(type.of)} | undefined`;
    case 'result':
      return `${caseText('ok', type.ok, text)} | ${caseText('err', type.err, text)}`;
    case 'record': {
      const fields = type.fields.map((field) => {
        const mark = field.type.kind === 'option' && field.type.of.kind !== 'option' ? '?' : '';
        return `${camelCase(field.name)}${mark}: ${text(field.type)}`;
      });
      return fields.length === 0 ? 'Record<string, never>' : `{ ${fields.join('; ')} }`;
    }
    case 'tuple':
      return `[${type.of.map(text).join(', ')}]`;
    case 'variant':
      return type.cases.map((one) => caseText(one.name, one.type, text)).join(' | ');
    case 'enum':
      return type.names.map(quote).join(' | ');
    case 'flags':
      return `{ ${type.names.map((flag) => `${camelCase(flag)}?: boolean`).join('; ')} }`;
    case 'own':
    case 'borrow':
      return text(type.resource);
    case 'resource':
      return 'object';
    case 'stream':
      return `AsyncIterable<${type.of === undefined ? 'undefined' : text(type.of)}>`;
    case 'future':
      return `Promise<${type.of === undefined ? 'void' : text(type.of)}>`;
    default:
      return 'number';
  }
}

/** How a function of the host is declared, where it may also answer a promise. */
export interface FunctionForm {
  /** Parameters in parentheses, and what comes of it: `(card: string): Receipt | Promise<Receipt>`. */
  readonly signature: string;
  /** What it throws where it fails; absent where it can't. */
  readonly throws?: string;
}

/** @param answers `maybe`: what it answers, or a promise of that; `promise`: always one; `value`: never */
export function typescriptFunction(
  name: string,
  { params, result }: FunctionType,
  names: TypeNames,
  answers: 'maybe' | 'promise' | 'value' = 'maybe',
): FunctionForm {
  const { kind } = hostName(name);
  const own = kind === 'method' ? params.slice(1) : params;
  const list = own.map((param) => {
    const label = camelCase(param.name);
    return `${reserved.has(label) ? `${label}_` : label}: ${typescriptType(param.type, names)}`;
  });
  const parameters = `(${list.join(', ')})`;
  if (kind === 'constructor') return { signature: parameters };
  const fails = result?.kind === 'result' ? result : undefined;
  const answer = fails === undefined ? result : fails.ok;
  const value = answer === undefined ? 'void' : typescriptType(answer, names);
  const promise = `Promise<${value}>`;
  const given = answers === 'value' ? value : answers === 'promise' ? promise : `${value} | ${promise}`;
  const signature = `${parameters}: ${given}`;
  if (fails === undefined) return { signature };
  return { signature, throws: fails.err === undefined ? 'undefined' : typescriptType(fails.err, names) };
}

/** The same as a module writes it: `export function charge(card: string): string | Promise<string>`. */
export function functionForm(name: string, type: FunctionType, names: TypeNames): string {
  const { kind, resource, member } = hostName(name);
  const { signature, throws } = typescriptFunction(name, type, names);
  const end = throws === undefined ? '' : `, which throws ${throws}`;
  switch (kind) {
    case 'function':
      return `export function ${member}${signature}${end}`;
    case 'constructor':
      return `export class ${resource} { constructor${signature} }`;
    default:
      return `export class ${resource} { ${kind === 'static' ? 'static ' : ''}${member}${signature} }${end}`;
  }
}

function caseText(name: string, type: WitType | undefined, text: (type: WitType) => string): string {
  return type === undefined ? `{ tag: ${quote(name)} }` : `{ tag: ${quote(name)}; val: ${text(type)} }`;
}

function listOf(item: string): string {
  return /[ |]/.test(item) && !/^[[{(]/.test(item)
    ? `(${item})[]`
    : item.includes(' | ')
      ? `(${item})[]`
      : `${item}[]`;
}

function quote(text: string): string {
  return `'${text}'`;
}
