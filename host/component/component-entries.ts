import { parseAllowedName } from '../interfaces/sockets/allowed-names.ts';
import { parseLoopbackPort } from '../interfaces/sockets/settings.ts';
import { placeOfKey } from '../settings/at-place.ts';
import type { KeyPath } from '../settings/file/parsed-file.ts';
import { fileKey, type SchemaParts } from '../settings/file-key.ts';
import { looksSecret } from '../settings/redact.ts';
import type { Setting } from '../settings/setting.ts';
import type { ComponentEntry } from './component-entry.ts';
import { checkName, fileOf, parsedList, secretsOf, variablesOf } from './entry-parts.ts';
import { hostPluginsKey, pluginEntries } from './plugin-entries.ts';

/** How many instances of a component may keep their memory, in each thread. */
export const keptInstances = ({ between }: SchemaParts, description: string) =>
  between(0, 1000, 'a whole number from 0 to 1000', description);

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

/** Components that run beside the main one. */
export const componentsSetting = {
  name: 'components',
  keys: [componentsKey, hostPluginsKey],
  async resolve(sources): Promise<readonly ComponentEntry[]> {
    const written = sources.file?.written(componentsKey) ?? [];
    const places = new Map<string, KeyPath>();
    const entries: ComponentEntry[] = [];
    for (const [index, entry] of written.entries()) {
      const path = ['dev', 'components', index];
      checkName(entry.name, [...path, 'name'], places, sources);
      const file = fileOf(entry, path, sources);
      const environment = await variablesOf(
        entry.name,
        'environment',
        entry.environment,
        [...path, 'environment'],
        sources,
      );
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
    return [...entries, ...(await pluginEntries(sources, places))];
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
