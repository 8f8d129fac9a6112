import type { AllowedHosts } from '../interfaces/http/settings.ts';
import { type AllowedName, parseAllowedName } from '../interfaces/sockets/allowed-names.ts';
import { parseLoopbackPort } from '../interfaces/sockets/settings.ts';
import type { LoopbackPort } from '../interfaces/sockets/socket-policy.ts';
import { placeOfKey } from '../settings/at-place.ts';
import { formatPath, type KeyPath } from '../settings/file/parsed-file.ts';
import { type FileKey, fileKey, type SchemaParts } from '../settings/file-key.ts';
import { namedSecrets } from '../settings/named-secrets.ts';
import { looksSecret, quoted } from '../settings/redact.ts';
import type { Setting, Sources } from '../settings/setting.ts';
import { configs, secrets } from '../settings/source-keys.ts';
import type { TextMap } from '../settings/text-map.ts';
import type { Parsed } from '../shared/parsed.ts';
import { absolutePath } from '../shared/path.ts';

/** A component beside the main one. */
export interface ComponentEntry {
  readonly name: string;
  /** Of its file; absolute. */
  readonly path: string;
  /** Where that was said. */
  readonly place: string;
  /** Over the variables that all components have. */
  readonly environment: TextMap;
  /** Over the values of `wasi:config/store` that all components have. */
  readonly config: TextMap;
  /** Over the values of `wasmcloud:secrets` that all components have. */
  readonly secrets: TextMap;
  /** In place of the hosts that the others may send requests to. */
  readonly allowedHosts?: AllowedHosts;
  /** In place of the names that the others may look up. */
  readonly allowedIpNameLookups?: readonly AllowedName[];
  /** In place of the ports of this machine that the others may reach. */
  readonly allowedHostLoopbackPorts?: readonly LoopbackPort[];
  /** In how many instances, in each thread, it keeps its memory between requests; 0 for none. */
  readonly poolSize: number;
  /** How many calls such an instance of it serves; 0 for any number. */
  readonly maxInvocations: number;
}

/** How many instances of a component may keep their memory, in each thread. */
export const keptInstances = ({ between }: SchemaParts, description: string) =>
  between(0, 1000, 'a whole number from 0 to 1000', description);

/** What the main component is called in messages and routes. */
export const mainName = 'main';

export const componentsKey = fileKey('dev.components', (parts) => {
  const {
    environmentEntries,
    hostPolicies,
    count,
    name,
    path,
    required,
    section,
    sections,
    text,
    textMap,
    texts,
    parsedTexts,
    parsedScalars,
  } = parts;
  return sections(
    {
      name: required(name('Name of the component, for messages and `dev.routes`.')),
      file: path('Its file.'),
      image: text('Not served: images are not pulled. Name a `file`.'),
      pullPolicy: text('Of an image.'),
      environment: section(environmentEntries, 'Variables, merged over those of `workload`.'),
      config: textMap('Values of `wasi:config/store`, merged over those of `workload`.'),
      secretFrom: texts(
        'Names of entries in `secrets` that only this component reads through `wasmcloud:secrets`, besides those that all have.',
      ),
      allowedHosts: hostPolicies('Replaces the list of `workload`.'),
      allowedIpNameLookups: parsedTexts(parseAllowedName, 'Replaces the list of `workload`.'),
      allowedHostLoopbackPorts: parsedScalars(parseLoopbackPort, 'Replaces the list of `workload`.'),
      poolSize: keptInstances(
        parts,
        'In how many instances, in each thread, the component keeps its memory between requests. Default: none.',
      ),
      maxInvocations: count(
        'How many calls such an instance serves; after the request it begins anew. Default: any number.',
      ),
      maxConcurrency: count(
        'The most calls that such an instance serves at once. An instance of kvasi serves one request at a time, whatever this says.',
      ),
    },
    'Components beside the main one. What one of them exports serves what others import.',
  );
});

type Written<Key> = Key extends FileKey<infer Value> ? NonNullable<Value> : never;
type WrittenEntry = Written<typeof componentsKey>[number];

/** Components that run beside the main one. */
export const componentsSetting = {
  name: 'components',
  keys: [componentsKey],
  async resolve(sources): Promise<readonly ComponentEntry[]> {
    const written = sources.file?.written(componentsKey) ?? [];
    if (written.length === 0) return [];
    const places = new Map<string, number>();
    const entries: ComponentEntry[] = [];
    for (const [index, entry] of written.entries()) {
      const path = ['dev', 'components', index];
      checkName(entry.name, path, places, sources);
      places.set(entry.name, index);
      const file = fileOf(entry, path, sources);
      const environment = await environmentOf(entry, path, sources);
      for (const key of Object.keys(entry.config ?? {})) {
        if (looksSecret(key)) sources.secrets.add(`components.${entry.name}.config.${key}`);
      }
      sources.origins.set(`components.${entry.name}`, sources.file?.locate([...path, 'name']) ?? '');
      const { allowedHosts, allowedIpNameLookups, allowedHostLoopbackPorts } = entry;
      entries.push({
        name: entry.name,
        path: file,
        place: placeOfKey(sources, [...path, 'file']),
        environment,
        config: entry.config ?? {},
        secrets: await secretsOf(entry, path, sources),
        ...(allowedHosts == null
          ? {}
          : { allowedHosts: allowedHosts.includes('*') ? ('all' as const) : allowedHosts }),
        ...(allowedIpNameLookups == null
          ? {}
          : { allowedIpNameLookups: parsedList(allowedIpNameLookups, parseAllowedName) }),
        ...(allowedHostLoopbackPorts == null
          ? {}
          : { allowedHostLoopbackPorts: parsedList(allowedHostLoopbackPorts, parseLoopbackPort) }),
        poolSize: entry.poolSize ?? 0,
        maxInvocations: entry.maxInvocations ?? 0,
      });
    }
    return entries;
  },
  *show(entries: readonly ComponentEntry[]) {
    for (const { name, path, environment, config, secrets: own, poolSize, maxInvocations } of entries) {
      const at = `components.${name}`;
      yield [at, path];
      for (const [key, value] of Object.entries(environment)) yield [`${at}.environment.${key}`, value];
      for (const [key, value] of Object.entries(config)) yield [`${at}.config.${key}`, value];
      for (const [key, value] of Object.entries(own)) yield [`${at}.secrets.${key}`, value];
      if (poolSize > 0) yield [`${at}.poolSize`, String(poolSize)];
      if (maxInvocations > 0) yield [`${at}.maxInvocations`, String(maxInvocations)];
    }
  },
} as const satisfies Setting<'components', readonly ComponentEntry[]>;

/** What was written and has been checked. */
function parsedList<T>(written: readonly (string | number)[], parse: (text: string) => Parsed<T>): T[] {
  return written.flatMap((text) => {
    const parsed = parse(String(text));
    return 'value' in parsed ? [parsed.value] : [];
  });
}

function checkName(
  name: string,
  path: KeyPath,
  places: ReadonlyMap<string, number>,
  { file, report }: Sources,
): void {
  const at = [...path, 'name'];
  const place = `${file?.locate(at)}: ${formatPath(at)}`;
  const before = places.get(name);
  if (name === mainName)
    report.problem(`${place} is "${mainName}", which is the main component. Give it another name.`);
  else if (before !== undefined) {
    const first = formatPath(['dev', 'components', before]);
    report.problem(`${place} is ${quoted(name)}, as that of ${first}. Give each a name of its own.`);
  }
}

function fileOf(
  { name, file, image }: WrittenEntry,
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

async function environmentOf(
  { name, environment }: WrittenEntry,
  path: KeyPath,
  sources: Sources,
): Promise<TextMap> {
  const { file } = sources;
  if (environment == null || file === undefined) return {};
  const { readEnvironment } = await import('../settings/environment-sources.ts');
  const written = { environment, configs: file.written(configs), secrets: file.written(secrets) };
  const read = await readEnvironment(written, { ...sources, locate: file.locate }, [...path, 'environment']);
  const variables: Record<string, string> = {};
  for (const [variable, { value, origin, secret }] of read) {
    variables[variable] = value;
    const key = `components.${name}.environment.${variable}`;
    sources.origins.set(key, origin);
    if (secret || looksSecret(variable)) sources.secrets.add(key);
  }
  return variables;
}

/** What a component reads through `wasmcloud:secrets`, besides what all read. */
async function secretsOf(
  { name, environment, secretFrom }: WrittenEntry,
  path: KeyPath,
  sources: Sources,
): Promise<TextMap> {
  const lists = [
    { names: environment?.secretFrom, path: [...path, 'environment'] },
    { names: secretFrom, path },
  ];
  return await namedSecrets(sources, lists, `components.${name}.secrets`);
}
