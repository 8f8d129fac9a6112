import { resolve } from 'node:path';
import { isRefusal } from '../../interfaces/keyvalue/configuration/refusals.ts';
import { HostError } from '../../shared/host-error.ts';
import type { Settings } from '../settings.ts';
import { type ResolvedSettings, resolveSettings } from '../settings.ts';
import type { CheckedHostOptions } from './check-host-options.ts';
import { givenModules } from './given-modules.ts';
import { settingsOfFile } from './with-file.ts';

/** What options come to by themselves, and the configuration file that they name. */
export interface OwnSettings {
  readonly own: Settings & { readonly component: string };
  readonly file: ResolvedSettings | undefined;
}

/**
 * Checks options as the configuration file is checked, and reads the file that they name. Rejects with a `HostError` that says what is
 * wrong.
 *
 * @param caller the function that got them
 */
export async function ownSettings(options: CheckedHostOptions, caller: string): Promise<OwnSettings> {
  const {
    keyvalue = {},
    blobstore,
    volumes = {},
    config = {},
    environment = {},
    secrets = {},
    component,
    configFile,
  } = options;
  const { components, routes, imports = {}, hostInterfaces } = options;
  const cwd = resolve(options.directory ?? '.');
  const dev: Record<string, unknown> = {
    keyvalue: Object.fromEntries(Object.entries(keyvalue).map(([name, rule]) => [name, entryOf(rule)])),
    ...(blobstore == null ? {} : { blobstore: entryOf(blobstore) }),
    volumes: Object.entries(volumes).map(([guest, host]) => ({ host_path: host, guest_path: guest })),
  };
  if (components !== undefined) {
    dev.components = components.map(({ environment: own, ...one }) => ({
      ...one,
      ...(own == null ? {} : { environment: { config: own } }),
    }));
  }
  if (routes !== undefined) dev.routes = routes;
  if (hostInterfaces != null) dev.host_interfaces = hostInterfaces;
  dev.imports = Object.fromEntries(
    Object.entries(imports).filter(([, module]) => typeof module === 'string'),
  );
  if (options.postgresUrl != null) dev.postgres_url = options.postgresUrl;
  for (const name of ['instances', 'threads', 'requestTimeout', 'limits', 'address', 'messaging'] as const) {
    if (options[name] !== undefined) dev[name] = options[name];
  }
  const file = configFile === undefined ? undefined : await settingsOfFile(resolve(cwd, configFile), cwd);
  const { allowedHosts } = options;
  const workload = allowedHosts == null ? {} : { workload: { allowedHosts } };
  const written = { name: caller, data: { dev, ...workload } };
  const { settings } = await resolveSettings({ cwd, env: {}, flags: {}, given: written });
  const path = component === undefined ? file?.settings.component : resolve(cwd, component);
  if (path === undefined) {
    const where = file === undefined ? '' : `, or as dev.component_path in ${file.settings.configFile}`;
    throw new HostError('usage', `${caller} got no component. Name its .wasm as component${where}.`);
  }
  const given = givenModules(imports, caller);
  return {
    own: {
      ...settings,
      component: path,
      environment,
      config,
      secrets,
      imports: [...settings.imports, ...given],
    },
    file,
  };
}

function entryOf(rule: unknown): unknown {
  return typeof rule === 'string' && !isRefusal(rule) ? { backend: rule } : rule;
}
