import { parseInterfaceName } from '../engine/decode/interface-name.ts';
import { typescriptFunction, typescriptShape } from '../engine/decode/typescript-text.ts';
import { namesOf, type TypeNames } from '../engine/decode/wit-text.ts';
import type { FunctionType, InterfaceDescription, WitType } from '../engine/decode/wit-type.ts';
import { hostName, pascalCase } from '../engine/link/host-name.ts';

/** Stands in the first line of declarations. */
export const writtenBy = 'Written by kvasi types.';

/** What declarations are written of. */
export interface Declared {
  /** The file, or the files, for the first line. */
  readonly of: string;
  readonly imports: readonly InterfaceDescription[];
  readonly exports: readonly InterfaceDescription[];
}

type Answers = 'maybe' | 'promise';

/**
 * TypeScript declarations of interfaces, one namespace each: its types, and `Module` with the functions and classes of it. Functions of
 * imports may answer what they answer or a promise of it, as modules may. Methods in place of properties let a module take
 * its own classes where a resource is meant.
 */
export function declarations({ of, imports, exports }: Declared): string {
  const taken = new Set<string>();
  const parts: string[] = [`// The interfaces of ${of}. ${writtenBy}`];
  const list = (
    items: readonly InterfaceDescription[],
    answers: Answers,
    verb: string,
  ): [string, string][] => {
    const named = items.map((item) => [item, nameFor(item, taken)] as const);
    const owners = resourceOwners(named);
    return named.map(([item, namespace]) => {
      parts.push(namespaceText(item, namespace, { answers, verb, owners }));
      const { name, label } = item;
      return [label ?? parseInterfaceName(name).unversioned, namespace];
    });
  };
  const imported = list(imports, 'maybe', 'imported');
  const exported = list(exports, 'promise', 'exported');
  if (imported.length > 0)
    parts.push(
      mapText('Imports', 'What `imports` of startHost and createHost take, by their names.', imported),
    );
  if (exported.length > 0) parts.push(mapText('Exports', 'What is exported.', exported));
  if (imported.length + exported.length === 0) parts.push('export {};');
  return `${parts.join('\n\n')}\n`;
}

/** How a namespace is written. */
interface Manner {
  readonly answers: Answers;
  /** What its component does with it. */
  readonly verb: string;
  /** The namespaces that have the methods of resources. */
  readonly owners: ReadonlyMap<WitType, string>;
}

/** An interface may use a resource of another one, which has its functions. */
function resourceOwners(named: readonly (readonly [InterfaceDescription, string])[]): Map<WitType, string> {
  const owners = new Map<WitType, string>();
  for (const [{ types, functions }, namespace] of named) {
    for (const [own, type] of types) {
      const name = pascalCase(own);
      const isOwner = [...functions.keys()].some((func) => hostName(func).resource === name);
      if (type.kind === 'resource' && isOwner) owners.set(type, `${namespace}.${name}`);
    }
  }
  return owners;
}

function nameFor({ name, label }: InterfaceDescription, taken: Set<string>): string {
  const { unversioned, version = '' } = parseInterfaceName(name);
  const text = pascalCase((label ?? unversioned).replaceAll(/[:/]/g, '-'));
  let free = text;
  if (taken.has(free)) free = `${text}V${version.replaceAll(/[^a-zA-Z0-9]/g, '_')}`;
  for (let count = 2; taken.has(free); count += 1) free = `${text}${count}`;
  taken.add(free);
  return free;
}

function mapText(name: string, says: string, entries: readonly (readonly [string, string])[]): string {
  // Two versions of an interface are served by one module.
  const byName = Map.groupBy(entries, ([key]) => key);
  const lines = [...byName].map(
    ([key, same]) => `  '${key}': ${same.map(([, namespace]) => `${namespace}.Module`).join(' & ')};`,
  );
  return [`/** ${says} */`, `export interface ${name} {`, ...lines, '}'].join('\n');
}

function namespaceText(
  { name, label, functions, types }: InterfaceDescription,
  namespace: string,
  { answers, verb, owners }: Manner,
): string {
  // A name of a number or a text says nothing that the type does not.
  const named = [...types].filter(([, type]) => isNamed(type));
  const names = namesOf(named);
  const lines = [
    ...named.flatMap(([own, type]) => {
      const owner = owners.get(type);
      const name = pascalCase(own);
      if (owner !== undefined && owner !== `${namespace}.${name}`) return [`type ${name} = ${owner};`];
      return typeLines(own, type, names, functions, answers);
    }),
    ...moduleLines(functions, names, answers),
  ];
  const title = label === undefined ? name : `${label}: ${name}`;
  return [
    `/** ${title}, ${verb}. */`,
    `export namespace ${namespace} {`,
    ...lines.map((line) => (line === '' ? '' : `  ${line}`)),
    '}',
  ].join('\n');
}

const unnamed = new Set([
  'bool',
  'u8',
  's8',
  'u16',
  's16',
  'u32',
  's32',
  'u64',
  's64',
  'f32',
  'f64',
  'char',
  'string',
]);

function isNamed({ kind }: WitType): boolean {
  return !unnamed.has(kind);
}

function typeLines(
  own: string,
  type: WitType,
  names: TypeNames,
  functions: InterfaceDescription['functions'],
  answers: Answers,
): string[] {
  const name = pascalCase(own);
  const first = names.get(type);
  if (first !== own && first !== undefined) return [`type ${name} = ${pascalCase(first)};`];
  switch (type.kind) {
    case 'resource': {
      const methods = [...functions].filter(([func]) => isOf(func, name, 'method'));
      if (methods.length === 0) return [`interface ${name} {}`];
      return [`interface ${name} {`, ...methods.flatMap((one) => functionLines(one, names, answers)), '}'];
    }
    case 'record':
      if (type.fields.length === 0) return [`type ${name} = ${typescriptShape(type, names)};`];
      return [
        `interface ${name} {`,
        ...type.fields.map(
          (field) => `  ${typescriptShape({ kind: 'record', fields: [field] }, names).slice(2, -2)};`,
        ),
        '}',
      ];
    case 'variant':
      return [
        `type ${name} =`,
        ...type.cases.map(
          (one, index) =>
            `  | ${typescriptShape({ kind: 'variant', cases: [one] }, names)}${index === type.cases.length - 1 ? ';' : ''}`,
        ),
      ];
    default:
      return [`type ${name} = ${typescriptShape(type, names)};`];
  }
}

function moduleLines(
  functions: InterfaceDescription['functions'],
  names: TypeNames,
  answers: Answers,
): string[] {
  const classes = new Set([...functions.keys()].flatMap((func) => hostName(func).resource ?? []));
  return [
    'interface Module {',
    ...[...classes].flatMap((name) => classLines(name, functions, names, answers)),
    ...[...functions]
      .filter(([func]) => hostName(func).kind === 'function')
      .flatMap((one) => functionLines(one, names, answers)),
    '}',
  ];
}

function classLines(
  name: string,
  functions: InterfaceDescription['functions'],
  names: TypeNames,
  answers: Answers,
): string[] {
  const [made] = [...functions].filter(([func]) => isOf(func, name, 'constructor'));
  const statics = [...functions].filter(([func]) => isOf(func, name, 'static'));
  const begin =
    made === undefined
      ? `  readonly prototype: ${name};`
      : `  new ${typescriptFunction(made[0], made[1], names).signature}: ${name};`;
  const lines = [begin, ...statics.flatMap((one) => functionLines(one, names, answers))];
  return [`  readonly ${name}: {`, ...lines.map((line) => `  ${line}`), '  };'];
}

function functionLines(
  [func, type]: readonly [string, FunctionType],
  names: TypeNames,
  answers: Answers,
): string[] {
  const { signature, throws } = typescriptFunction(func, type, names, answers);
  const says = throws === undefined ? [] : [`  /** Throws ${throws}. */`];
  return [...says, `  ${hostName(func).member}${signature};`];
}

function isOf(func: string, owner: string, wanted: 'constructor' | 'method' | 'static'): boolean {
  const { kind, resource } = hostName(func);
  return kind === wanted && resource === owner;
}
