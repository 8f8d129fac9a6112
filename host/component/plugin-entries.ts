import { parseAllowedName } from '../interfaces/sockets/allowed-names.ts';
import { placeOfKey } from '../settings/at-place.ts';
import { formatPath, type KeyPath } from '../settings/file/parsed-file.ts';
import { fileKey } from '../settings/file-key.ts';
import { largestCount } from '../settings/largest-count.ts';
import type { Sources } from '../settings/setting.ts';
import type { ComponentEntry } from './component-entry.ts';
import { checkName, fileOf, parsedList, variablesOf } from './entry-parts.ts';

/** A plugin lives as long as the host, as far as instances do. */
const everyInstance = 1000;

export const hostPluginsKey = fileKey('dev.host_plugins', (parts) => {
  const {
    between,
    count,
    environmentEntries,
    hostPolicies,
    name,
    parsedTexts,
    path,
    required,
    sections,
    text,
  } = parts;
  return sections(
    {
      id: required(name('Name of the plugin, for messages.')),
      file: path('Its file.'),
      image: text('Not served: images are not pulled. Name a `file`.'),
      pullPolicy: text('Of an image.'),
      expectedDigest: text('Of an image.'),
      ...environmentEntries,
      config: parts.variables('What the plugin reads through `wasi:config/store`.'),
      allowedHosts: hostPolicies('Hosts that the plugin may send requests to. Default: none.'),
      allowedIpNameLookups: parsedTexts(
        parseAllowedName,
        'Names that the plugin may look up. Default: none.',
      ),
      maxRestarts: between(
        0,
        largestCount,
        `a whole number from 0 to ${largestCount}`,
        'Without effect: after a trap the next request gets a new instance, however often.',
      ),
      ports: sections(
        {
          name: text('Name.'),
          port: count('Port.'),
          protocol: text('TCP or UDP.'),
          publish: count('Port.'),
          bind: text('Address.'),
        },
        'Without effect: a plugin opens no ports of this machine.',
      ),
    },
    'Components that serve what others import. They have nothing of `workload`, and keep their memory between requests.',
  );
});

/** The plugins, as components beside the main one. @param places of the names so far */
export async function pluginEntries(
  sources: Sources,
  places: Map<string, KeyPath>,
): Promise<ComponentEntry[]> {
  const written = sources.file?.written(hostPluginsKey) ?? [];
  const entries: ComponentEntry[] = [];
  for (const [index, { id, file, image, config, configFrom, secretFrom, ...entry }] of written.entries()) {
    const path = ['dev', 'host_plugins', index];
    checkName(id, [...path, 'id'], places, sources);
    const { allowedHosts, allowedIpNameLookups, ports } = entry;
    if (ports != null && ports.length > 0) {
      const at = [...path, 'ports'];
      sources.report.warn(
        () =>
          `${sources.file?.locate(at, 'key')}: ${formatPath(at)} has no effect: a plugin opens no ports of this machine. dev.service_ports are those of a service.`,
      );
    }
    sources.origins.set(`components.${id}`, sources.file?.locate([...path, 'id']) ?? '');
    entries.push({
      name: id,
      path: fileOf({ name: id, file, image }, path, sources),
      place: placeOfKey(sources, [...path, 'file']),
      environment: {},
      config: await variablesOf(id, 'config', { config, configFrom, secretFrom }, path, sources),
      secrets: {},
      allowedHosts: allowedHosts?.includes('*') === true ? 'all' : (allowedHosts ?? []),
      allowedIpNameLookups: parsedList(allowedIpNameLookups ?? [], parseAllowedName),
      allowedHostLoopbackPorts: [],
      poolSize: everyInstance,
      maxInvocations: 0,
      isPlugin: true,
    });
  }
  return entries;
}
