import { readFile, writeFile } from 'node:fs/promises';
import { packageRoot } from '../shared/package-root.ts';
import { configJsonSchema } from './json-schema.ts';
import { limitsTable, referenceTables } from './key-reference.ts';

/** What the schema generates outside of host/: `node host/settings/generate.ts` writes it, a test compares. */
export async function generatedFiles(): Promise<ReadonlyMap<URL, string>> {
  const docs = new URL('docs/configuration.md', packageRoot);
  const { served, notServed } = referenceTables();
  let text = await readFile(docs, 'utf8');
  text = between(text, 'keys', served);
  text = between(text, 'keys-without-effect', notServed);
  const limits = new URL('docs/limits.md', packageRoot);
  const limitsText = between(await readFile(limits, 'utf8'), 'limits', limitsTable());
  return new Map([
    [new URL('config/kvasi.schema.json', packageRoot), `${JSON.stringify(configJsonSchema(), null, 2)}\n`],
    [docs, text],
    [limits, limitsText],
  ]);
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function between(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`a document has no place marked ${start.trim()}`);
  return text.slice(0, from + start.length) + content + text.slice(to);
}

if (import.meta.main) {
  for (const [url, content] of await generatedFiles()) await writeFile(url, content);
}
