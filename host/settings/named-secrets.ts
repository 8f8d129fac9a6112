import type { KeyPath } from './file/parsed-file.ts';
import type { Sources } from './setting.ts';
import { secrets } from './source-keys.ts';
import type { TextMap } from './text-map.ts';

/** A list of `secretFrom`, and the section that it stands in. */
export interface SecretNames {
  readonly names: readonly string[] | null | undefined;
  readonly path: KeyPath;
}

/**
 * The values of entries of `secrets` that lists name; later ones win. None of them is ever shown.
 *
 * @param name of the setting below which they are explained
 */
export async function namedSecrets(
  sources: Sources,
  lists: readonly SecretNames[],
  name: string,
): Promise<TextMap> {
  const { file, origins } = sources;
  const named = lists.filter(({ names }) => names != null && names.length > 0);
  if (file === undefined || named.length === 0) return {};
  const { readEnvironment } = await import('./environment-sources.ts');
  const values = new Map<string, string>();
  for (const { names, path } of named) {
    const written = {
      environment: { secretFrom: names },
      configs: undefined,
      secrets: file.written(secrets),
    };
    for (const [key, { value, origin }] of await readEnvironment(
      written,
      { ...sources, locate: file.locate },
      path,
    )) {
      values.set(key, value);
      origins.set(`${name}.${key}`, origin);
      sources.secrets.add(`${name}.${key}`);
    }
  }
  return Object.fromEntries(values);
}
