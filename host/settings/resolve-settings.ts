import { resolve } from 'node:path';
import { HostError } from '../shared/host-error.ts';
import { requireFolder } from '../shared/require-folder.ts';
import {
  type ConfigFile,
  checkConfig,
  findConfigFile,
  loadConfigFile,
  projectDirectory,
} from './file/config-file.ts';
import type { FileKey } from './file-key.ts';
import { Report } from './report.ts';
import type { Origins, Setting, Sources, ValuesOf } from './setting.ts';

/** Where settings are taken from. */
export interface ResolveOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A configuration file to use where neither `--config` nor `KVASI_CONFIG` names one. Default: look for it. */
  readonly file?: string | undefined;
  /** What to do where that file can't be read. Default: to name another one with `--config`. */
  readonly advice?: string;
  /** What a configuration file would say, in place of any file, and how messages call it. */
  readonly given?: { readonly name: string; readonly data: unknown };
}

/** The flags that say where settings are looked for. */
export interface PlaceFlags {
  /** `-C DIR`: where relative paths of flags and variables start, and where the project is looked for. */
  readonly directory?: string | undefined;
  /** `--config FILE`. */
  readonly config?: string | undefined;
}

/** Where settings were found. */
export interface Place {
  /** The project's folder; relative paths of the configuration file start here. Default: the working directory. */
  readonly directory: string;
  /** The configuration file that was read. Default: none. */
  readonly configFile: string | undefined;
}

/** The settings in force, and how they came about. */
export interface Resolved<Values extends Place = Place> {
  readonly settings: Values;
  /** One sentence each, with its place. */
  readonly warnings: readonly string[];
  readonly origins: Origins;
  /** Keys of {@link origins} whose values must not be shown. */
  readonly secrets: ReadonlySet<string>;
}

/**
 * Puts together defaults, configuration file, environment and flags; later ones win.
 * @throws {HostError} with everything that is wrong in one message: `usage` where a flag or a variable is, else `config`
 */
export async function resolveAll<S extends Setting>(
  settings: readonly S[],
  options: ResolveOptions & { readonly flags: Sources['flags'] & PlaceFlags },
): Promise<Resolved<Place & ValuesOf<S>>> {
  const { env, flags } = options;
  const cwd = resolve(options.cwd, flags.directory ?? '.');
  if (flags.directory !== undefined) await requireFolder(cwd);
  const report = new Report();
  const file = await loadConfig(options, cwd, settings, report);
  const directory = file ? projectDirectory(file.path) : cwd;
  const origins = new Map<string, string>();
  const secrets = new Set<string>();
  const sources: Sources = { cwd, directory, env, flags, file, report, origins, secrets };

  const fileOrigin = flags.config !== undefined ? '--config' : env.KVASI_CONFIG ? 'KVASI_CONFIG' : 'default';
  origins.set('configFile', fileOrigin);
  origins.set('directory', flags.directory !== undefined && directory === cwd ? '-C' : fileOrigin);
  const values = await valuesOf(settings, sources);
  report.throwProblems();
  return {
    settings: { directory, configFile: file?.path, ...values },
    warnings: report.warnings,
    origins,
    secrets,
  };
}

/** The values of settings where nothing is said of them. */
export function defaultsOf<S extends Setting>(settings: readonly S[]): Promise<ValuesOf<S>> {
  const found = { report: new Report(), origins: new Map<string, string>(), secrets: new Set<string>() };
  return valuesOf(settings, { cwd: '/', directory: '/', env: {}, flags: {}, file: undefined, ...found });
}

async function valuesOf<S extends Setting>(settings: readonly S[], sources: Sources): Promise<ValuesOf<S>> {
  const values: Record<string, unknown> = {};
  for (const setting of settings) values[setting.name] = await setting.resolve(sources);
  return values as ValuesOf<S>;
}

const keysOf = new WeakMap<readonly Setting[], readonly FileKey[]>();

/** All keys that the configuration file may have. The same list for the same settings: schemas are kept by it. */
export async function fileKeys(settings: readonly Setting[]): Promise<readonly FileKey[]> {
  const known = keysOf.get(settings);
  if (known !== undefined) return known;
  const { keysOfOthers, keysWithoutEffect } = await import('./wash-keys.ts');
  const keys = [...settings.flatMap(({ keys }) => keys), ...keysWithoutEffect, ...keysOfOthers];
  keysOf.set(settings, keys);
  return keys;
}

async function loadConfig(
  { env, flags, file, advice, given }: ResolveOptions & { readonly flags: PlaceFlags },
  cwd: string,
  settings: readonly Setting[],
  report: Report,
): Promise<ConfigFile | undefined> {
  if (given !== undefined) {
    return await checkConfig(given.data, given.name, cwd, await fileKeys(settings), report);
  }
  const path = flags.config ?? (env.KVASI_CONFIG || (file ?? (await findConfigFile(cwd))));
  if (path === '') throw new HostError('usage', '--config is "". Name a configuration file.');
  if (path === undefined) return undefined;
  return await loadConfigFile(path, cwd, await fileKeys(settings), report, advice);
}
