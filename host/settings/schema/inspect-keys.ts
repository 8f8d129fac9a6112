import type { KeyPath } from '../file/parsed-file.ts';
import { isPlainMap, kindOf } from '../shown-value.ts';

/** A key that the schema doesn't have, and those that it has in that place. */
export interface UnknownKey {
  readonly path: KeyPath;
  readonly known: readonly string[];
}

/** A list, or an instance of something such as a `Map`, where the schema has a map: valibot takes one for the other. */
export interface ListForMap {
  readonly path: KeyPath;
  readonly kind: string;
}

/** A name that valibot leaves out of a map without a word, as JavaScript's objects have it already. */
export interface ReservedName {
  readonly path: KeyPath;
}

interface Findings {
  readonly unknown: UnknownKey[];
  readonly lists: ListForMap[];
  readonly reserved: ReservedName[];
}

const RESERVED = ['__proto__', 'prototype', 'constructor'];

/** The parts of valibot's schemas that tell which keys there are. */
export interface SchemaNode {
  readonly type: string;
  readonly wrapped?: SchemaNode;
  readonly item?: SchemaNode;
  readonly value?: SchemaNode;
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly options?: readonly unknown[];
}

/** Walks a value and its schema side by side, for what the schema alone does not tell. */
export function inspectKeys(schema: SchemaNode, value: unknown): Findings {
  const findings: Findings = { unknown: [], lists: [], reserved: [] };
  walk(unwrapped(schema, value), value, [], findings);
  return findings;
}

function walk(schema: SchemaNode | undefined, value: unknown, path: KeyPath, findings: Findings): void {
  if (!schema || typeof value !== 'object' || value === null) return;
  const isMap = ['object', 'loose_object', 'record'].includes(schema.type);
  if (isMap && !isPlainMap(value)) {
    findings.lists.push({ path, kind: kindOf(value) });
    return;
  }
  if (Array.isArray(value)) {
    if (!schema.item) return;
    for (const [index, item] of value.entries()) {
      walk(unwrapped(schema.item, item), item, [...path, index], findings);
    }
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const here = [...path, key];
    if (schema.type === 'record' && RESERVED.includes(key)) findings.reserved.push({ path: here });
    else if (schema.type === 'record') walk(unwrapped(schema.value, child), child, here, findings);
    else if (schema.entries && !Object.hasOwn(schema.entries, key)) {
      if (schema.type === 'object') findings.unknown.push({ path: here, known: Object.keys(schema.entries) });
    } else walk(unwrapped(schema.entries?.[key], child), child, here, findings);
  }
}

/** What remains without "or null", and of a choice the part that can hold a map. */
export function unwrapped(schema: SchemaNode | undefined, value: unknown = {}): SchemaNode | undefined {
  if (schema?.wrapped) return unwrapped(schema.wrapped, value);
  if (schema?.type !== 'union' || typeof value !== 'object') return schema;
  return schema.options?.find(isObjectSchema);
}

function isObjectSchema(option: unknown): option is SchemaNode {
  return typeof option === 'object' && option !== null && 'entries' in option;
}
