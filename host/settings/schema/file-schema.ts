import * as v from 'valibot';
import type { FileKey, KeySchema } from '../file-key.ts';
import * as parts from './schema-parts.ts';

/** The sections of the configuration file. */
const sections = {
  build: 'How the component is built.',
  dev: 'How the component is run.',
  workload: 'What the component is given.',
};

const made = new WeakMap<readonly FileKey[], ReturnType<typeof schemaOf>>();

/** The schema of a configuration file with these keys. */
export function fileSchema(keys: readonly FileKey[]): ReturnType<typeof schemaOf> {
  const known = made.get(keys);
  if (known !== undefined) return known;
  const schema = schemaOf(keys);
  made.set(keys, schema);
  return schema;
}

async function schemaOf(keys: readonly FileKey[]) {
  const entries: Record<string, KeySchema> = {};
  for (const [section, description] of Object.entries(sections)) {
    const own = keys.flatMap((key) => (key.key.startsWith(`${section}.`) ? key : []));
    const schemas = await Promise.all(
      own.map(async ({ key, schema }) => [key.slice(section.length + 1), await schema(parts)] as const),
    );
    entries[section] = parts.section(Object.fromEntries(schemas), description);
  }
  for (const { key, schema } of keys) if (!key.includes('.')) entries[key] = await schema(parts);
  return v.pipe(
    v.object(entries, 'a map of sections such as "dev:"'),
    v.title('kvasi configuration'),
    v.description('The configuration of a project: .wash/config.yaml, .yml, .json or .toml.'),
  );
}
