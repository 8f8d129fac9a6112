import { dirname, relative, sep } from 'node:path';
import type { ResolvedSettings } from '../../../composition/settings.ts';
import type { BackendSettings } from '../../../interfaces/keyvalue/configuration/backend-settings.ts';
import { inMemoryApart } from '../../../interfaces/keyvalue/configuration/labelled-stores.ts';
import type {
  IdentifierRule,
  KeyvalueSettings,
} from '../../../interfaces/keyvalue/configuration/store-rules.ts';
import { DEFAULT_REQUEST_TIMEOUT } from '../../../settings/host-settings.ts';
import { formatDuration } from '../../../shared/duration.ts';

/** The same identifiers with all of their buckets in memory, where a recording begins with what is known. */
export function inMemoryOnly({ default: base, named, others, labels }: KeyvalueSettings): KeyvalueSettings {
  const rule = (given: IdentifierRule): IdentifierRule =>
    typeof given === 'string' ? given : inMemory(given);
  return {
    default: inMemory(base),
    named: new Map([...named].map(([identifier, given]) => [identifier, rule(given)])),
    others: rule(others),
    labels:
      labels && new Map([...labels].map(([label, given]) => [label, inMemoryApart(inMemory(given), label)])),
  };
}

function inMemory({ ttl, prefix, counters, seed }: BackendSettings): BackendSettings {
  return {
    kind: 'in_memory',
    ...(ttl === undefined ? {} : { ttl }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(counters === undefined ? {} : { counters }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** How the component is run, as a file of scenarios writes it. */
export function recordedHost(
  { settings, secrets }: ResolvedSettings,
  component: string,
  file: string,
): Record<string, unknown> {
  const path = relative(dirname(file), component).split(sep).join('/');
  const visible = (kind: 'environment' | 'config'): Record<string, string> =>
    Object.fromEntries(Object.entries(settings[kind]).filter(([name]) => !secrets.has(`${kind}.${name}`)));
  const { named, default: base, others } = settings.keyvalue;
  const rules: [string, IdentifierRule][] = [['default', base], ...named, ['*', others]];
  const keyvalue = new Map(
    rules.flatMap(([name, rule]) => {
      const options = optionsOf(rule);
      return options === undefined ? [] : [[name, options] as const];
    }),
  );
  return withoutEmpty({
    component: path.startsWith('.') ? path : `./${path}`,
    environment: visible('environment'),
    config: visible('config'),
    keyvalue: Object.fromEntries(keyvalue),
    ...(settings.instances === 'fresh' ? {} : { instances: settings.instances }),
    ...(settings.requestTimeout === DEFAULT_REQUEST_TIMEOUT
      ? {}
      : { requestTimeout: formatDuration(settings.requestTimeout) }),
  });
}

/** The names of the values that the component has and the file doesn't. */
export function leftOutSecrets({ settings, secrets }: ResolvedSettings): string[] {
  const names = [...Object.keys(settings.environment).map((name) => ['environment', name] as const)];
  const config = Object.keys(settings.config).map((name) => ['config', name] as const);
  return [...names, ...config].flatMap(([kind, name]) => (secrets.has(`${kind}.${name}`) ? [name] : []));
}

function optionsOf(rule: IdentifierRule): object | string | undefined {
  if (typeof rule === 'string') return rule;
  const { ttl, counters } = rule;
  if (ttl === undefined && counters === undefined) return undefined;
  return {
    ...(ttl === undefined ? {} : { ttl: formatDuration(ttl) }),
    ...(counters === undefined ? {} : { counters }),
  };
}

function withoutEmpty(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(
      ([, value]) => typeof value !== 'object' || value === null || Object.keys(value).length > 0,
    ),
  );
}
