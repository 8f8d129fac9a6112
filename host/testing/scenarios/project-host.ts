import type { HostInterfaceOptions } from '../../composition/options/host-options.ts';
import type { Settings } from '../../composition/settings.ts';
import { blobPackages } from '../../interfaces/blobstore/packages.ts';
import type { IdentifierRule } from '../../interfaces/keyvalue/configuration/store-rules.ts';
import { keyvaluePackages } from '../../interfaces/keyvalue/packages.ts';
import type { HostInterfaceEntry } from '../../settings/host-interfaces-setting.ts';
import { DEFAULT_REQUEST_TIMEOUT } from '../../settings/host-settings.ts';
import type { IdentifierOptions, ScenarioHost } from './scenario.ts';

/** How a component is run where neither a scenario nor its file says so. Stores are those of the test in any case. */
export type ProjectHost = Partial<Omit<ScenarioHost, 'clock' | 'seed'>>;

/** How a project runs its component: everything of its settings that a scenario may say. */
export function projectHost(settings: Settings): ProjectHost {
  const { named, default: base, others } = settings.keyvalue;
  const rules: [string, IdentifierRule][] = [['default', base], ...named, ['*', others]];
  return {
    ...(settings.component === undefined ? {} : { component: settings.component }),
    ...(isAlone(settings) ? {} : { beside: beside(settings) }),
    ...(settings.hostInterfaces.length === 0
      ? {}
      : { hostInterfaces: settings.hostInterfaces.map(inMemory) }),
    environment: settings.environment,
    config: settings.config,
    keyvalue: Object.fromEntries(rules.map(([identifier, rule]) => [identifier, optionsOf(rule)])),
    instances: settings.instances,
    requestTimeout: settings.requestTimeout === DEFAULT_REQUEST_TIMEOUT ? undefined : settings.requestTimeout,
  };
}

function isAlone({ components, routes, imports }: Settings): boolean {
  return components.length + routes.length + imports.length === 0;
}

function beside({ components, routes, imports }: Settings): NonNullable<ScenarioHost['beside']> {
  return {
    components: components.map(
      ({ name, path, environment, config, allowedHosts, poolSize, maxInvocations }) => ({
        name,
        file: path,
        environment,
        config,
        poolSize,
        ...(maxInvocations === 0 ? {} : { maxInvocations }),
        ...(allowedHosts === undefined
          ? {}
          : { allowedHosts: allowedHosts === 'all' ? ['*'] : allowedHosts }),
      }),
    ),
    routes: routes.map(({ path, component }) => ({ path: path === '' ? '/' : path, component })),
    ...(imports.length === 0 ? {} : { imports: pathsOf(imports) }),
  };
}

/** An entry whose store is in memory. */
function inMemory({ package: full, version, label, config }: HostInterfaceEntry): HostInterfaceOptions {
  const [namespace = '', name = ''] = full.split(':');
  const { ttl, counters } = config;
  const isStore = Object.hasOwn({ ...keyvaluePackages, ...blobPackages }, full);
  const ofBuckets = {
    ...(ttl === undefined ? {} : { ttl }),
    ...(counters === undefined ? {} : { counters }),
  };
  return {
    namespace,
    package: name,
    ...(version === undefined ? {} : { version }),
    ...(label === undefined ? {} : { name: label }),
    config: isStore ? ofBuckets : config,
  };
}

function pathsOf(imports: Settings['imports']): Record<string, string> {
  return Object.fromEntries(
    imports.flatMap((module) => (module.kind === 'file' ? [[module.name, module.path]] : [])),
  );
}

function optionsOf(rule: IdentifierRule): IdentifierOptions {
  if (typeof rule === 'string') return rule;
  const { ttl, counters } = rule;
  return {
    ...(ttl === undefined ? {} : { ttl }),
    ...(counters === undefined ? {} : { counters }),
  };
}
