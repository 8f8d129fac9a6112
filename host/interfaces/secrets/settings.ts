import { fileKey } from '../../settings/file-key.ts';
import { hostInterfacesOf, secretsPackage } from '../../settings/host-interfaces-setting.ts';
import { namedSecrets } from '../../settings/named-secrets.ts';
import type { Setting, Sources } from '../../settings/setting.ts';
import { environment } from '../../settings/source-keys.ts';
import { shownTexts, type TextMap } from '../../settings/text-map.ts';

const secretFrom = fileKey('workload.secretFrom', ({ texts }) =>
  texts(
    'Names of entries in `secrets` that the component reads through `wasmcloud:secrets` alone, besides those of `environment.secretFrom`.',
  ),
);

export const settings = [
  {
    name: 'secrets',
    keys: [secretFrom],
    async resolve(sources): Promise<TextMap> {
      const lists = [
        { names: sources.file?.written(environment)?.secretFrom, path: ['workload', 'environment'] },
        { names: sources.file?.written(secretFrom), path: ['workload'] },
      ];
      const named = await namedSecrets(sources, lists, 'secrets');
      return { ...named, ...entriesOf(sources) };
    },
    show: (values) => shownTexts('secrets', values),
  },
] as const satisfies readonly [Setting<'secrets', TextMap>];

/**
 * What entries of `dev.host_interfaces` have, as in wash: one without a label any secrets, one with a label the secret of that name. They
 * win over those that are named.
 */
function entriesOf(sources: Sources): TextMap {
  const values: Record<string, string> = {};
  for (const { package: owner, label, config, index } of hostInterfacesOf(sources)) {
    if (owner !== secretsPackage) continue;
    for (const [name, value] of Object.entries(config)) {
      if (label !== undefined && name !== label) continue;
      values[name] = value;
      const place = ['dev', 'host_interfaces', index, 'config', name];
      sources.origins.set(`secrets.${name}`, sources.file?.locate(place, 'key') ?? '');
      sources.secrets.add(`secrets.${name}`);
    }
  }
  return values;
}
