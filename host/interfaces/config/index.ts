import { labelledImports } from '../../engine/decode/labelled-imports.ts';
import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import type { PoolPart } from '../../runtime/interface.ts';
import {
  entryFor,
  type HostInterfaceEntry,
  type hostInterfacesSettings,
} from '../../settings/host-interfaces-setting.ts';
import type { TextMap } from '../../settings/text-map.ts';
import type { HostInterface } from '../host-interface.ts';
import { config } from './config.ts';
import type { settings as configSettings } from './settings.ts';

/** What one component reads. */
interface ConfigValues {
  readonly values: TextMap;
  /** What it reads through imports with labels, by these. */
  readonly labels: Readonly<Record<string, TextMap>>;
}

const owner = 'wasi:config';
const packages = {
  [owner]: {
    matches: /^0\.2\.0(-(draft(-2024-09-27)?|rc\.1))?$/,
    text: '0.2.0-draft, 0.2.0-draft-2024-09-27 and 0.2.0-rc.1',
  },
};

/** `wasi:config`: the values of `workload.config`, and of the entries of `dev.host_interfaces`. */
export const configInterface: HostInterface<
  undefined,
  PoolPart,
  readonly [...typeof configSettings, ...typeof hostInterfacesSettings]
> = {
  name: 'config',
  packages,
  hasLabels: true,
  configureComponent: ({ config: values, hostInterfaces }, imports): ConfigValues => ({
    values,
    labels: labelledValues(imports, hostInterfaces),
  }),
  start: () => ({
    imports(_, own) {
      const { values, labels } = own as ConfigValues;
      const imports = config(values);
      const names = Object.keys(labels);
      if (names.length === 0) return imports;
      // Both names of the interface have the same functions.
      const labelled = names.map((label) => [label, config(labels[label] ?? {})['wasi:config/store']]);
      return { ...imports, ...Object.fromEntries(labelled) };
    },
  }),
};

function labelledValues(
  imports: readonly InterfaceDescription[],
  entries: readonly HostInterfaceEntry[],
): Record<string, TextMap> {
  const labels = labelledImports(imports, packages).map(({ label }) => label);
  return Object.fromEntries(labels.map((label) => [label, entryFor(entries, owner, label)?.config ?? {}]));
}

export const interfaces = [configInterface];
