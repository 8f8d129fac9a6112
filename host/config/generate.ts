import { readFile, writeFile } from 'node:fs/promises';
import { configJsonSchema } from './json-schema.ts';
import { limitsTable, referenceTables } from './key-reference.ts';

/** What the schema generates outside of host/: `node host/config/generate.ts` writes it, a test compares. */
export async function generatedFiles(): Promise<ReadonlyMap<URL, string>> {
  const root = new URL('../../', import.meta.url);
  const docs = new URL('docs/configuration.md', root);
  const { served, notServed } = referenceTables();
  let text = await readFile(docs, 'utf8');
  text = between(text, 'keys', served);
  text = between(text, 'keys-without-effect', notServed);
  const limits = new URL('docs/limits.md', root);
  const limitsText = between(await readFile(limits, 'utf8'), 'limits', limitsTable());
  return new Map([
    [new URL('config/kvasi.schema.json', root), `${JSON.stringify(configJsonSchema(), null, 2)}\n`],
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
