import type { WrittenEnvironment } from '../settings/environment-sources.ts';
import { formatPath, type KeyPath } from '../settings/file/parsed-file.ts';
import { namedSecrets } from '../settings/named-secrets.ts';
import { looksSecret, quoted } from '../settings/redact.ts';
import type { Sources } from '../settings/setting.ts';
import { configs, secrets } from '../settings/source-keys.ts';
import type { TextMap } from '../settings/text-map.ts';
import type { Parsed } from '../shared/parsed.ts';
import { absolutePath } from '../shared/path.ts';

/** What the main component is called in messages and routes. */
export const mainName = 'main';

interface WrittenFile {
  readonly name: string;
  readonly file?: string | null | undefined;
  readonly image?: string | null | undefined;
}

/** What was written and has been checked. */
export function parsedList<T>(
  written: readonly (string | number)[],
  parse: (text: string) => Parsed<T>,
): T[] {
  return written.flatMap((text) => {
    const parsed = parse(String(text));
    return 'value' in parsed ? [parsed.value] : [];
  });
}

/** Reports a name that another component has. @param places of the names so far */
export function checkName(
  name: string,
  at: KeyPath,
  places: Map<string, KeyPath>,
  { file, report }: Sources,
): void {
  const place = `${file?.locate(at)}: ${formatPath(at)}`;
  const before = places.get(name);
  if (name === mainName)
    report.problem(`${place} is "${mainName}", which is the main component. Give it another name.`);
  else if (before !== undefined) {
    report.problem(
      `${place} is ${quoted(name)}, as that of ${formatPath(before.slice(0, -1))}. Give each a name of its own.`,
    );
  } else places.set(name, at);
}

/** The file that an entry names; a mistake is reported. */
export function fileOf(
  { name, file, image }: WrittenFile,
  path: KeyPath,
  { file: source, directory, report }: Sources,
): string {
  if (file != null && image == null) return absolutePath(directory, file);
  const reason =
    file != null
      ? 'has both a file and an image. Leave one out.'
      : image != null
        ? `is the image ${quoted(image)}, and images are not pulled. Name its file.`
        : 'has no file. Name its .wasm.';
  report.problem(`${source?.locate(path)}: ${formatPath(path)} (${quoted(name)}) ${reason}`);
  return '';
}

/**
 * The texts of `config`, `configFrom` and `secretFrom` of an entry.
 *
 * @param part what of the entry they are, for `kvasi config`
 */
export async function variablesOf(
  name: string,
  part: 'environment' | 'config',
  environment: WrittenEnvironment['environment'] | null | undefined,
  path: KeyPath,
  sources: Sources,
): Promise<TextMap> {
  const { file } = sources;
  if (environment == null || file === undefined) return {};
  const { readEnvironment } = await import('../settings/environment-sources.ts');
  const written = { environment, configs: file.written(configs), secrets: file.written(secrets) };
  const read = await readEnvironment(written, { ...sources, locate: file.locate }, path);
  const variables: Record<string, string> = {};
  for (const [variable, { value, origin, secret }] of read) {
    variables[variable] = value;
    const key = `components.${name}.${part}.${variable}`;
    sources.origins.set(key, origin);
    if (secret || looksSecret(variable)) sources.secrets.add(key);
  }
  return variables;
}

/** What of an entry names secrets. */
interface NamingSecrets {
  readonly name: string;
  readonly environment?: { readonly secretFrom?: readonly string[] | null | undefined } | null | undefined;
  readonly secretFrom?: readonly string[] | null | undefined;
}

/** What a component reads through `wasmcloud:secrets`, besides what all read. */
export async function secretsOf(
  { name, environment, secretFrom }: NamingSecrets,
  path: KeyPath,
  sources: Sources,
): Promise<TextMap> {
  const lists = [
    { names: environment?.secretFrom, path: [...path, 'environment'] },
    { names: secretFrom, path },
  ];
  return await namedSecrets(sources, lists, `components.${name}.secrets`);
}
