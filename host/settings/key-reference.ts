import { formatLimit, limitDefinitions, limitNames } from './limits.ts';
import { KEYS_NOT_SERVED } from './not-served-yet.ts';
import { configFileSchema } from './schema.ts';

/** Sections of other commands of wash; kvasi reads past them. */
const OTHER_TOOLS = ['$schema', 'version', 'new', 'host', 'wit'];

/** One key of the configuration file. */
export interface KeyReference {
  /** Such as `dev.address`; `*` stands for any name, `[]` for any place in a list. */
  readonly key: string;
  readonly type: string;
  readonly description: string;
  /** What happens without it where kvasi does not serve it yet. */
  readonly missing: string | undefined;
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

/** Every key of the file in the order of the schema. */
export function keyReferences(): KeyReference[] {
  return visit(configFileSchema as unknown as Node, '');
}

/** The tables of docs/configuration.md. */
export function referenceTables(): { served: string; notServed: string } {
  const own = keyReferences().filter(({ key }) => !OTHER_TOOLS.some((tool) => isWithin(key, tool)));
  const served = own
    .filter(({ missing }) => missing === undefined)
    .map(({ key, type, description }) => [`\`${key}\``, type, description]);
  const notServed = own
    .filter(({ key, missing }) => missing !== undefined && isListed(key))
    .map(({ key, type, description, missing = '' }) => [`\`${key}\``, type, description, missing]);
  return {
    served: table(['key', 'type', 'meaning'], served),
    notServed: table(['key', 'type', 'meaning', 'what happens'], notServed),
  };
}

/** The table of docs/limits.md: each limit that can be set. */
export function limitsTable(): string {
  const rows = limitNames.map((name) => {
    const { kind, value, description } = limitDefinitions[name];
    return [`\`${name}\``, `\`${formatLimit(kind, value)}\``, description];
  });
  return table(['limit', 'default', 'what it bounds, and what happens beyond it'], rows);
}

/** Markdown with aligned columns, as the formatter writes it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = escaped;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}

function visit(schema: Node, key: string): KeyReference[] {
  const node = schema.wrapped ?? schema;
  const description = node.pipe?.find(({ type }) => type === 'description')?.description ?? '';
  const own = key === '' ? [] : [{ key, type: typeName(node), description, missing: missingFor(key) }];
  const children = Object.entries(node.entries ?? {}).flatMap(([name, child]) =>
    visit(child, key === '' ? name : `${key}.${name}`),
  );
  return [...own, ...children, ...inner(node.item, `${key}[]`), ...inner(node.value, `${key}.*`)];
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
  if (node.type === 'picklist') return (node.options ?? []).map((word) => `\`${String(word)}\``).join(' or ');
  if (node.type === 'array') return `list of ${node.item?.entries ? 'sections' : 'text'}`;
  if (node.type === 'record') return `map of ${node.value?.type === 'string' ? 'text' : 'sections'}`;
  return words[node.type] ?? node.type;
}

function missingFor(key: string): string | undefined {
  return Object.entries(KEYS_NOT_SERVED).find(([pattern]) => isWithin(key, pattern))?.[1];
}

const isListed = (key: string): boolean => Object.hasOwn(KEYS_NOT_SERVED, key);

const isWithin = (key: string, section: string): boolean =>
  key === section || key.startsWith(`${section}.`) || key.startsWith(`${section}[`);
