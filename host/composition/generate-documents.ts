import { readFile, writeFile } from 'node:fs/promises';
import type { FileKey } from '../settings/file-key.ts';
import { limitRows } from '../settings/limits.ts';
import { fileKeys } from '../settings/resolve-settings.ts';
import { fileSchema } from '../settings/schema/file-schema.ts';
import { editorSchema } from '../settings/schema/json-schema.ts';
import { keysTable, keysWithoutEffectTable, settingsTable, table } from '../settings/setting-tables.ts';
import { keysOfOthers } from '../settings/wash-keys.ts';
import { packageRoot } from '../shared/package-root.ts';
import { loadAllSettings } from './all-settings.ts';

const limitColumns = ['limit', 'default', 'what it bounds, and what happens beyond it'];

/** What the settings generate outside of host/: `npm run schema` writes it, a test compares. */
export async function generatedFiles(): Promise<ReadonlyMap<URL, string>> {
  const allSettings = await loadAllSettings();
  const keys = await fileKeys(allSettings);
  const own = keys.filter((key) => !keysOfOthers.includes(key)).toSorted(bySection);
  const schema = editorSchema(await fileSchema(keys));
  const docs = new URL('docs/configuration.md', packageRoot);
  let text = await readFile(docs, 'utf8');
  text = between(text, 'settings', settingsTable(allSettings));
  text = between(text, 'keys', await keysTable(own.filter(({ missing }) => missing === undefined)));
  const idle = own.filter(({ missing }) => missing !== undefined);
  text = between(text, 'keys-without-effect', await keysWithoutEffectTable(idle));
  const limits = new URL('docs/limits.md', packageRoot);
  return new Map([
    [new URL('config/kvasi.schema.json', packageRoot), `${JSON.stringify(schema, null, 2)}\n`],
    [docs, text],
    [limits, between(await readFile(limits, 'utf8'), 'limits', table(limitColumns, limitRows()))],
  ]);
}

/** Keys of a section together, each section in the order of its settings. */
function bySection({ key: one }: FileKey, { key: other }: FileKey): number {
  const [section = '', otherSection = ''] = [one.split('.')[0], other.split('.')[0]];
  return section < otherSection ? -1 : Number(section > otherSection);
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
