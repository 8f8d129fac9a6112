import { writeFile } from 'node:fs/promises';
import { editorSchema } from '../../settings/schema/json-schema.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { scenarioFileSchema } from './schema.ts';

/** The JSON Schema of a file of scenarios, for editors: `node host/testing/scenarios/generate.ts` writes it, a test compares. */
export function generatedSchema(): { readonly url: URL; readonly content: string } {
  const schema = `${JSON.stringify(editorSchema(scenarioFileSchema), null, 2)}\n`;
  return { url: new URL('config/kvasi-scenarios.schema.json', packageRoot), content: schema };
}

if (import.meta.main) {
  const { url, content } = generatedSchema();
  await writeFile(url, content);
}
