import { resolve } from 'node:path';
import { isRefusal } from '../../settings/refusals.ts';
import { resolveSettings } from '../../settings/resolve-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import { HostError } from '../../shared/host-error.ts';
import type { KeyvalueRule } from '../host-options.ts';
import { type HostData, ownData } from '../stores/host-data.ts';
import type { CheckedOptions } from './check-options.ts';
import { settingsOfFile, withFile } from './with-file.ts';

/** What the options come to. */
export interface ResolvedOptions {
  readonly settings: Settings & { readonly component: string };
  /** To be removed when it is not needed any more. */
  readonly data: HostData;
}

/** Checks the options of a host as the configuration file is checked. Throws a `HostError` that names what is wrong. */
export async function resolveOptions(options: CheckedOptions): Promise<ResolvedOptions> {
  const { keyvalue = {}, volumes = {}, requestTimeout, instances, limits } = options;
  const cwd = resolve(options.directory ?? '.');
  const rules = new Map(Object.entries(keyvalue).map(([name, rule]) => [name, entryOf(rule)]));
  const dev = {
    keyvalue: Object.fromEntries(rules),
    volumes: Object.entries(volumes).map(([guest, host]) => ({ host_path: host, guest_path: guest })),
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
    ...(instances === undefined ? {} : { instances }),
    ...(limits === undefined ? {} : { limits }),
  };
  const { config = {} } = options;
  if (options.configFile !== undefined && typeof config === 'string') {
    throw new HostError(
      'usage',
      'startHost got two configuration files, as config and as configFile. Name one.',
    );
  }
  const { component, configFile = typeof config === 'string' ? config : undefined } = options;
  const file = configFile === undefined ? undefined : await settingsOfFile(resolve(cwd, configFile), cwd);
  const given = { name: 'startHost', data: { dev } };
  const { settings } = await resolveSettings({ cwd, env: {}, flags: {}, given });
  const path = component === undefined ? file?.settings.component : resolve(cwd, component);
  if (path === undefined) {
    const where = file === undefined ? '' : `, or as dev.component_path in ${file.settings.configFile}`;
    throw new HostError('usage', `startHost got no component. Name its .wasm as component${where}.`);
  }
  const data = ownData(settings.keyvalue, (name) => keysOf(rules.get(name)), options.ownsData === true);
  const own: Settings & { readonly component: string } = {
    ...settings,
    component: path,
    keyvalue: data.keyvalue,
    environment: options.environment ?? {},
    config: typeof config === 'string' ? {} : config,
  };
  return { settings: file === undefined ? own : withFile(file, own, options), data };
}

function entryOf(rule: KeyvalueRule): unknown {
  return typeof rule === 'string' && !isRefusal(rule) ? { backend: rule } : rule;
}

/** The keys that say something. */
function keysOf(rule: unknown): ReadonlySet<string> | undefined {
  if (typeof rule !== 'object' || rule === null) return undefined;
  return new Set(Object.entries(rule).flatMap(([key, value]) => (value == null ? [] : [key])));
}
