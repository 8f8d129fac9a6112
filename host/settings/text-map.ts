import type { FileKey } from './file-key.ts';
import { looksSecret } from './redact.ts';
import type { Sources } from './setting.ts';

/** Names and texts. */
export type TextMap = Readonly<Record<string, string>>;

/**
 * What the file has under a key of names and texts. Where each came from is noted below a setting's name, and which of them
 * must not be shown.
 */
export function textMapOf(
  { file, origins, secrets }: Sources,
  name: string,
  key: FileKey<TextMap | null | undefined>,
): TextMap {
  const texts = file?.written(key) ?? {};
  for (const entry of Object.keys(texts)) {
    origins.set(`${name}.${entry}`, file?.locate([...key.key.split('.'), entry], 'key') ?? '');
    if (looksSecret(entry)) secrets.add(`${name}.${entry}`);
  }
  return texts;
}

/** The texts below a setting's name, as `kvasi config` shows them. */
export function shownTexts(name: string, texts: TextMap): [key: string, text: string][] {
  return Object.entries(texts).map(([entry, text]) => [`${name}.${entry}`, text]);
}
