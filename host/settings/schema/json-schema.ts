import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';

/** The JSON Schema of a file that people write, for editors. */
export function editorSchema(fileSchema: GenericSchema): JsonSchema {
  const schema = toJsonSchema(fileSchema, {
    // Checks that JSON Schema can't say, such as "a valid address", are left to kvasi.
    errorMode: 'ignore',
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      if (valibotSchema.type === 'object') return { ...jsonSchema, additionalProperties: false };
      if (valibotSchema.type !== 'loose_object') return undefined;
      const { additionalProperties: _, ...open } = jsonSchema;
      return open;
    },
  });
  return tidy(schema) as JsonSchema;
}

/** Writes "this or null" as one type, and leaves out what says nothing. */
function tidy(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tidy);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node)
    .filter(([key, value]) => !(key === 'required' && Array.isArray(value) && value.length === 0))
    .map(([key, value]): [string, unknown] => [key, tidy(value)]);
  const tidied: Record<string, unknown> = Object.fromEntries(entries);
  const { anyOf, ...rest } = tidied;
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || anyOf[1]?.type !== 'null') return tidied;
  const { type, enum: words, anyOf: inner, ...others } = anyOf[0] as Record<string, unknown>;
  if (Array.isArray(inner)) return { ...rest, ...others, anyOf: [...inner, { type: 'null' }] };
  const choice = Array.isArray(words) ? { enum: [...words, null] } : {};
  return { ...rest, ...others, type: [type, 'null'], ...choice };
}
