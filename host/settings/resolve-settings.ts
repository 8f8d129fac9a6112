import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseAddress } from '../shared/address.ts';
import { parseTimer } from '../shared/duration.ts';
import { HostError } from '../shared/host-error.ts';
import type { Parsed } from '../shared/parsed.ts';
import { absolutePath, parsePath } from '../shared/path.ts';
import { COMMAND_LINE, type Context, choose } from './choose.ts';
import { chooseStores } from './choose-stores.ts';
import {
  checkConfig,
  findConfigFile,
  type LoadedFile,
  loadConfigFile,
  projectDirectory,
} from './config-file.ts';
import type { Flags } from './flags.ts';
import { chooseLimits } from './limits.ts';
import { looksSecret } from './redact.ts';
import { Report } from './report.ts';
import {
  DEFAULT_ADDRESS,
  DEFAULT_REQUEST_TIMEOUT,
  INSTANCE_MODES,
  LOG_LEVELS,
  type Settings,
} from './settings.ts';
import { parseThreads } from './values.ts';
import { readVariables } from './variables.ts';

/** Where settings are taken from. */
export interface ResolveOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: Flags;
  /** A configuration file to use where neither `--config` nor `KVASI_CONFIG` names one. Default: look for it. */
  readonly file?: string | undefined;
  /** What to do where that file can't be read. Default: to name another one with `--config`. */
  readonly advice?: string;
  /** What a configuration file would say, in place of any file, and how messages call it. */
  readonly given?: { readonly name: string; readonly data: unknown };
}

/** The settings in force, and how they came about. */
export interface ResolvedSettings {
  readonly settings: Settings;
  /** One sentence each, with its place. */
  readonly warnings: readonly string[];
  /** Each setting's key to its source: `default`, `.wash/config.yaml:3:5`, `KVASI_ADDRESS` or `--address`. */
  readonly origins: ReadonlyMap<string, string>;
  /** Keys of {@link origins} whose values must not be shown. */
  readonly secrets: ReadonlySet<string>;
}

/**
 * Puts together defaults, configuration file, environment and flags; later ones win.
 * @throws {HostError} with everything that is wrong in one message: `usage` where a flag or a variable is, else `config`
 */
export async function resolveSettings(options: ResolveOptions): Promise<ResolvedSettings> {
  const { env, flags } = options;
  const cwd = resolve(options.cwd, flags.directory ?? '.');
  if (flags.directory !== undefined) await requireFolder(cwd);
  const report = new Report();
  const loaded = await loadConfig(options, cwd, report);
  const directory = loaded ? projectDirectory(loaded.path) : cwd;
  const origins = new Map<string, string>();
  const secrets = new Set<string>();
  const context: Context = { cwd, directory, env, flags, loaded, report, origins, secrets };

  const configOrigin =
    flags.config !== undefined ? '--config' : env.KVASI_CONFIG ? 'KVASI_CONFIG' : 'default';
  origins.set('configFile', configOrigin);
  origins.set('directory', flags.directory !== undefined && directory === cwd ? '-C' : configOrigin);
  const settings: Settings = {
    directory,
    configFile: loaded?.path,
    component: choose(context, 'component', {
      flag: [flags.component, COMMAND_LINE],
      variable: 'KVASI_COMPONENT',
      keys: [
        ['dev', 'component_path'],
        ['build', 'component_path'],
      ],
      parse: (text, base) => {
        const checked = parsePath(text);
        return 'expected' in checked ? checked : { value: absolutePath(base, text) };
      },
    }),
    address:
      choose(context, 'address', {
        flag: [flags.address, '--address'],
        variable: 'KVASI_ADDRESS',
        keys: [['dev', 'address']],
        parse: parseAddress,
      }) ?? DEFAULT_ADDRESS,
    build: chooseBuild(context),
    keyvalue: await chooseStores(context),
    instances:
      choose(context, 'instances', {
        flag: [flags.instances, '--instances'],
        variable: 'KVASI_INSTANCES',
        keys: [['dev', 'instances']],
        parse: oneOf(INSTANCE_MODES),
      }) ?? 'fresh',
    threads:
      choose(context, 'threads', {
        flag: [flags.threads, '--threads'],
        variable: 'KVASI_THREADS',
        keys: [['dev', 'threads']],
        parse: parseThreads,
      }) ?? 1,
    requestTimeout:
      choose(context, 'requestTimeout', {
        flag: [flags.requestTimeout, '--request-timeout'],
        variable: 'KVASI_REQUEST_TIMEOUT',
        keys: [['dev', 'requestTimeout']],
        parse: parseTimer,
      }) ?? DEFAULT_REQUEST_TIMEOUT,
    limits: chooseLimits(context),
    ...(await readVariables(context)),
    allowedHosts: chooseAllowedHosts(context),
    volumes: chooseVolumes(context),
    logLevel:
      choose(context, 'logLevel', {
        flag: [flags.logLevel, '--log-level'],
        variable: 'KVASI_LOG_LEVEL',
        keys: [],
        parse: oneOf(LOG_LEVELS),
      }) ?? 'info',
  };
  report.throwProblems();
  return { settings, warnings: report.warnings, origins, secrets };
}

async function loadConfig(
  { env, flags, file, advice, given }: ResolveOptions,
  cwd: string,
  report: Report,
): Promise<LoadedFile | undefined> {
  if (given !== undefined) return await checkConfig(given.data, given.name, cwd, report);
  const path = flags.config ?? (env.KVASI_CONFIG || (file ?? (await findConfigFile(cwd))));
  if (path === '') throw new HostError('usage', '--config is "". Name a configuration file.');
  return path === undefined ? undefined : await loadConfigFile(path, cwd, report, advice);
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  const what = found === undefined ? 'does not exist' : 'is no folder';
  throw new HostError('usage', `${path} ${what}. Name the project's folder with -C.`);
}

function oneOf<const T extends readonly string[]>(words: T): (text: string) => Parsed<T[number]> {
  return (text) => {
    const value = words.find((word) => word === text);
    return value === undefined ? { expected: `one of ${words.join(', ')}` } : { value };
  };
}

function chooseBuild(context: Context): Settings['build'] {
  const { loaded, origins, directory } = context;
  const command = choose(context, 'build.command', {
    keys: [
      ['dev', 'command'],
      ['build', 'command'],
    ],
    parse: (text) => ({ value: text }),
  });
  const env = loaded?.config?.build?.env ?? {};
  for (const name of Object.keys(env)) {
    origins.set(`build.env.${name}`, loaded?.locate(['build', 'env', name], 'key') ?? '');
    if (looksSecret(name)) context.secrets.add(`build.env.${name}`);
  }
  const made = loaded?.config?.dev?.component_path ?? loaded?.config?.build?.component_path ?? undefined;
  return { command, env, component: made && absolutePath(directory, made) };
}

/** As in wash: without a `workload` nothing is allowed, with one that says nothing about hosts everything is. */
function chooseAllowedHosts({ loaded, origins }: Context): Settings['allowedHosts'] {
  const workload = loaded?.config?.workload;
  if (!loaded || !workload) {
    origins.set('allowedHosts', 'default');
    return [];
  }
  const hosts = workload.allowedHosts;
  origins.set('allowedHosts', loaded.locate(hosts ? ['workload', 'allowedHosts'] : ['workload'], 'key'));
  return !hosts || hosts.includes('*') ? 'all' : hosts;
}

function chooseVolumes({ loaded, directory, origins }: Context): Settings['volumes'] {
  const volumes = loaded?.config?.dev?.volumes ?? [];
  origins.set('volumes', loaded && volumes.length > 0 ? loaded.locate(['dev', 'volumes'], 'key') : 'default');
  return volumes.map(({ host_path, guest_path }) => ({
    hostPath: absolutePath(directory, host_path),
    guestPath: guest_path,
  }));
}
