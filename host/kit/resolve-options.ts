import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveSettings } from '../config/resolve-settings.ts';
import type { Settings } from '../config/settings.ts';
import { HostError } from '../host-error.ts';
import { type HostData, ownData } from './host-data.ts';
import type { HostOptions, KeyvalueRule } from './host-options.ts';
import { settingsOfFile, withFile } from './with-file.ts';

const refusals: readonly string[] = ['deny', 'no-such-store'];

/** What the options come to. */
export interface ResolvedOptions {
  readonly settings: Settings & { readonly component: string };
  /** To be removed when it is not needed any more. */
  readonly data: HostData;
}

/** Checks the options of a host as the configuration file is checked. Throws a `HostError` that names what is wrong. */
export async function resolveOptions(options: HostOptions): Promise<ResolvedOptions> {
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
  if (options.configFile !== undefined && fileOf(options.config) !== undefined) {
    throw new HostError(
      'usage',
      'startHost got two configuration files, as config and as configFile. Name one.',
    );
  }
  const { component, configFile = fileOf(options.config) } = options;
  const file = configFile === undefined ? undefined : await settingsOfFile(pathOf(cwd, configFile), cwd);
  const given = { name: 'startHost', data: { dev } };
  const { settings } = await resolveSettings({ cwd, env: {}, flags: {}, given });
  const path = component === undefined ? file?.settings.component : pathOf(cwd, component);
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
    config: fileOf(options.config) === undefined ? valuesOf(options.config) : {},
  };
  return { settings: file === undefined ? own : withFile(file, own, options), data };
}

function entryOf(rule: KeyvalueRule): unknown {
  return typeof rule === 'string' && !refusals.includes(rule) ? { backend: rule } : rule;
}

/** The keys that say something. */
function keysOf(rule: unknown): ReadonlySet<string> | undefined {
  if (typeof rule !== 'object' || rule === null) return undefined;
  return new Set(Object.entries(rule).flatMap(([key, value]) => (value == null ? [] : [key])));
}

function fileOf(config: HostOptions['config']): string | URL | undefined {
  return typeof config === 'string' || config instanceof URL ? config : undefined;
}

function valuesOf(config: HostOptions['config']): Readonly<Record<string, string>> {
  return typeof config === 'object' && !(config instanceof URL) ? config : {};
}

function pathOf(cwd: string, path: string | URL): string {
  return path instanceof URL ? fileURLToPath(path) : resolve(cwd, path);
}
