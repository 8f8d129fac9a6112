import { fileKey } from '../../settings/file-key.ts';
import { namedSecrets } from '../../settings/named-secrets.ts';
import type { Setting } from '../../settings/setting.ts';
import { environment } from '../../settings/source-keys.ts';
import { shownTexts, type TextMap } from '../../settings/text-map.ts';

const secretFrom = fileKey('workload.secretFrom', ({ texts }) =>
  texts(
    'Names of entries in `secrets` that the component reads through `wasmcloud:secrets` alone, besides those of `environment.secretFrom`.',
  ),
);

export const secretsSettings = [
  {
    name: 'secrets',
    keys: [secretFrom],
    async resolve(sources): Promise<TextMap> {
      const lists = [
        { names: sources.file?.written(environment)?.secretFrom, path: ['workload', 'environment'] },
        { names: sources.file?.written(secretFrom), path: ['workload'] },
      ];
      return await namedSecrets(sources, lists, 'secrets');
    },
    show: (values) => shownTexts('secrets', values),
  },
] as const satisfies readonly [Setting<'secrets', TextMap>];
