import { resolve } from 'node:path';
import * as v from 'valibot';
import { checkModules, type ModuleEntry } from '../../interfaces/keyvalue/configuration/module-options.ts';
import { moduleOptions } from '../../interfaces/keyvalue/configuration/read-stores.ts';
import { Report } from '../../settings/report.ts';
import { isPlainMap } from '../../settings/shown-value.ts';
import { HostError } from '../../shared/host-error.ts';
import { checkRules, type GivenRules, moduleOf } from './check-rules.ts';
import { checkedMap } from './checked-map.ts';
import type { HostOptions } from './host-options.ts';
import { type CommonOptions, changeableEntries, hostEntries, pathOf } from './host-options-schema.ts';

/** Options that were checked: their paths are text, and a configuration file is named in one place. */
export interface CheckedHostOptions extends Omit<HostOptions, 'component' | 'config' | 'configFile'> {
  readonly component?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly configFile?: string;
}

const hostSchema = v.object(hostEntries);
const changeSchema = v.object(changeableEntries);

/**
 * The options of `createHost` as they are from now on, whatever the caller does with theirs. Rejects with a `HostError` that has
 * everything that is wrong, and where a module with a backend refuses its own options or can't be loaded.
 */
export async function checkedHostOptions(given: unknown, caller: string): Promise<CheckedHostOptions> {
  const checked = checkedMap(hostSchema, given, caller, 'options such as { component: "app.wasm" }');
  requireComponent(checked, caller);
  const options = pathsAndRules(checked, caller);
  await requireModules(options, caller);
  return options;
}

/** Options that are changed while a host serves, and all others as they were. Rejects as `checkedHostOptions` does. */
export async function changedOptions(
  before: CheckedHostOptions,
  given: unknown,
  caller: string,
): Promise<CheckedHostOptions> {
  for (const name of Object.keys(isPlainMap(given) ? given : {})) {
    if (!Object.hasOwn(hostEntries, name) || Object.hasOwn(changeableEntries, name)) continue;
    throw new HostError(
      'usage',
      `${caller}: ${name} can't be changed while the host serves. Close it and create another one.`,
    );
  }
  const checked = checkedMap(changeSchema, given, caller, 'options such as { environment: { A: "b" } }');
  const { directory } = before;
  const changes = pathsAndRules({ ...checked, ...(directory === undefined ? {} : { directory }) }, caller);
  await requireModules(changes, caller);
  return { ...before, ...changes };
}

/** Throws a `HostError` where there is neither a component nor a file that could name one. */
export function requireComponent(checked: CommonOptions, caller: string): void {
  if (checked.component != null || checked.configFile != null || pathOf(checked.config) !== undefined) return;
  throw new HostError('usage', `${caller} got no component. Name its .wasm as component.`);
}

/**
 * What `commonEntries` made of options, with paths as text and without what says nothing; what else there is stays. Throws a
 * `HostError` for a rule of an identifier that is none.
 *
 * @param mayHaveSeed whether an entry may name a file that fills the bucket
 */
export function pathsAndRules(
  checked: CommonOptions,
  caller: string,
  mayHaveSeed = true,
): CheckedHostOptions {
  const { component, components, config, configFile, keyvalue, imports, ...others } = checked;
  const file = pathOf(config) ?? pathOf(configFile);
  if (pathOf(config) !== undefined && configFile != null) {
    throw new HostError(
      'usage',
      `${caller} got two configuration files, as config and as configFile. Name one.`,
    );
  }
  const report = new Report(caller);
  checkRules(keyvalue ?? {}, resolve(checked.directory ?? '.'), caller, report, mayHaveSeed);
  report.throwProblems();
  return {
    ...others,
    ...(component == null ? {} : { component: pathOf(component) }),
    ...(components == null ? {} : { components: components.map(withoutNothing) }),
    ...(config == null || pathOf(config) !== undefined ? {} : { config }),
    ...(file === undefined ? {} : { configFile: file }),
    ...(keyvalue == null ? {} : { keyvalue }),
    ...(imports == null ? {} : { imports: withPaths(imports) }),
  } as unknown as CheckedHostOptions;
}

/** Modules whose paths are text. */
function withPaths(imports: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(imports).map(([name, module]) => [name, pathOf(module) ?? module]),
  );
}

/** An option that is null says nothing. */
function withoutNothing<T extends object>(entry: T): T {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value != null)) as T;
}

/** Modules with backends check their own options. Rejects with a `HostError` also where a module can't be loaded. */
export async function requireModules(
  { keyvalue, directory: from = '.' }: Pick<CheckedHostOptions, 'keyvalue' | 'directory'>,
  caller: string,
): Promise<void> {
  const directory = resolve(from);
  const modules = Object.entries((keyvalue ?? {}) as GivenRules).flatMap(
    ([identifier, rule]): ModuleEntry[] => {
      const module = moduleOf(rule, directory);
      if (module === undefined) return [];
      const own = typeof rule === 'string' ? {} : moduleOptions(rule);
      return [{ path: ['keyvalue', identifier], module, options: own }];
    },
  );
  if (modules.length === 0) return;
  const report = new Report(caller);
  await checkModules(modules, () => caller, report);
  // Where a program names a module, one that can't be loaded is no store that is away.
  for (const warning of report.warnings) report.problem(warning);
  report.throwProblems();
}
