import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveSettings } from '../config/resolve-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { HostOptions, KeyvalueRule } from './host-options.ts';

const refusals: readonly string[] = ['deny', 'no-such-store'];

/** Checks the options of a host as the configuration file is checked. Throws a `HostError` that names what is wrong. */
export async function resolveOptions(
  options: HostOptions,
): Promise<Settings & { readonly component: string }> {
  const { component, keyvalue = {}, volumes = {}, requestTimeout, instances, limits } = options;
  const cwd = resolve(options.directory ?? '.');
  const dev = {
    keyvalue: Object.fromEntries(Object.entries(keyvalue).map(([name, rule]) => [name, entryOf(rule)])),
    volumes: Object.entries(volumes).map(([guest, host]) => ({ host_path: host, guest_path: guest })),
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
    ...(instances === undefined ? {} : { instances }),
    ...(limits === undefined ? {} : { limits }),
  };
  const given = { name: 'startHost', data: { dev } };
  const { settings } = await resolveSettings({ cwd, env: {}, flags: {}, given });
  return {
    ...settings,
    component: component instanceof URL ? fileURLToPath(component) : resolve(cwd, component),
    environment: options.environment ?? {},
    config: options.config ?? {},
  };
}

function entryOf(rule: KeyvalueRule): unknown {
  return typeof rule === 'string' && !refusals.includes(rule) ? { backend: rule } : rule;
}
