import { fileKey } from '../../settings/file-key.ts';
import { entryFor, hostInterfacesOf } from '../../settings/host-interfaces-setting.ts';
import { looksSecret } from '../../settings/redact.ts';
import type { Setting } from '../../settings/setting.ts';
import { shownTexts, type TextMap, textMapOf } from '../../settings/text-map.ts';

const config = fileKey('workload.config', ({ textMap }) =>
  textMap('What the component reads through `wasi:config/store`.'),
);

/** An entry of `dev.host_interfaces` for `wasi:config` says more than `workload.config`, and wins over it. */
export const settings = [
  {
    name: 'config',
    keys: [config],
    resolve(sources) {
      const values = textMapOf(sources, 'config', config);
      const entry = entryFor(hostInterfacesOf(sources), 'wasi:config', undefined);
      if (entry === undefined) return values;
      const at = ['dev', 'host_interfaces', entry.index, 'config'];
      for (const name of Object.keys(entry.config)) {
        sources.origins.set(`config.${name}`, sources.file?.locate([...at, name], 'key') ?? '');
        if (looksSecret(name)) sources.secrets.add(`config.${name}`);
      }
      return { ...values, ...entry.config };
    },
    show: (values) => shownTexts('config', values),
  },
] as const satisfies readonly [Setting<'config', TextMap>];
