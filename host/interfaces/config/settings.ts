import { fileKey } from '../../settings/file-key.ts';
import type { Setting } from '../../settings/setting.ts';
import { shownTexts, type TextMap, textMapOf } from '../../settings/text-map.ts';

const config = fileKey('workload.config', ({ textMap }) =>
  textMap('What the component reads through `wasi:config/store`.'),
);

export const configSettings = [
  {
    name: 'config',
    keys: [config],
    resolve: (sources) => textMapOf(sources, 'config', config),
    show: (values) => shownTexts('config', values),
  },
] as const satisfies readonly [Setting<'config', TextMap>];
