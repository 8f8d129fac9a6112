import type { FileKey } from './file-key.ts';
import * as parts from './schema/schema-parts.ts';
import type { Flag, Setting } from './setting.ts';

/** One key of the configuration file. */
export interface KeyReference {
  /** Such as `dev.address`; `*` stands for any name, `[]` for any place in a list. */
  readonly key: string;
  readonly type: string;
  readonly meaning: string;
}

interface Node {
  readonly type: string;
  readonly wrapped?: Node;
  readonly pipe?: readonly Node[];
  readonly entries?: Readonly<Record<string, Node>>;
  readonly item?: Node;
  readonly value?: Node;
  readonly options?: readonly (Node | string)[];
  readonly description?: string;
}

/** The table of the settings that have a variable or a flag. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = settings
    .filter(({ variable, flag }) => variable !== undefined || flag !== undefined)
    .map(({ name, keys, variable, flag, fallback = 'none' }) => [
      name,
      keys.map(({ key }) => code(key)).join(', '),
      variable === undefined ? '' : code(variable),
      flag === undefined ? '' : written(flag),
      fallback,
    ]);
  return table(['setting', 'keys of the file, strongest first', 'variable', 'flag', 'default'], rows);
}

/** The table of the keys that have an effect, with those that are in them. */
export async function keysTable(keys: readonly FileKey[]): Promise<string> {
  const rows = (await keyReferences(keys)).map(({ key, type, meaning }) => [code(key), type, meaning]);
  return table(['key', 'type', 'meaning'], rows);
}

/** The table of the keys that are read without effect, and why. */
export async function keysWithoutEffectTable(keys: readonly FileKey[]): Promise<string> {
  const rows = await Promise.all(
    keys.map(async (key) => {
      const [{ type, meaning }] = await referencesOf(key);
      return [code(key.key), type, meaning, key.missing ?? ''];
    }),
  );
  return table(['key', 'type', 'meaning', 'what happens'], rows);
}

/** All keys, with those that are in them. */
export async function keyReferences(keys: readonly FileKey[]): Promise<KeyReference[]> {
  return (await Promise.all(keys.map(referencesOf))).flat();
}

/** Markdown with aligned columns, as the formatter writes it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = escaped;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;

function written({ name, takes }: Flag): string {
  return name.startsWith('--') ? code(`${name} ${takes.toUpperCase()}`) : 'the argument';
}

async function referencesOf({ key, schema }: FileKey): Promise<[KeyReference, ...KeyReference[]]> {
  return visit((await schema(parts)) as unknown as Node, key);
}

function visit(schema: Node, key: string): [KeyReference, ...KeyReference[]] {
  const node = schema.wrapped ?? schema;
  const meaning = node.pipe?.find(({ type }) => type === 'description')?.description ?? '';
  const children = Object.entries(node.entries ?? {}).flatMap(([name, child]) =>
    visit(child, `${key}.${name}`),
  );
  return [
    { key, type: typeName(node), meaning },
    ...children,
    ...inner(node.item, `${key}[]`),
    ...inner(node.value, `${key}.*`),
  ];
}

/** Lists and maps of plain values need no line of their own for what is in them. */
function inner(schema: Node | undefined, key: string): KeyReference[] {
  const node = schema?.wrapped ?? schema;
  const map = node?.options?.find((option): option is Node => typeof option !== 'string' && !!option.entries);
  const holder = node?.entries ? node : map;
  return holder ? visit(holder, key).slice(1) : [];
}

function typeName(node: Node): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    boolean: 'true or false',
    number: 'number',
    object: 'section',
    union: 'text or number',
  };
  if (node.type === 'picklist') return (node.options ?? []).map((word) => code(String(word))).join(' or ');
  if (node.type === 'array') return `list of ${node.item?.entries ? 'sections' : 'text'}`;
  if (node.type === 'record') return `map of ${node.value?.type === 'string' ? 'text' : 'sections'}`;
  return words[node.type] ?? node.type;
}
