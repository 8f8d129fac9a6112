import { resolve } from 'node:path';
import type * as v from 'valibot';
import type { SchemaNode } from '../../settings/inspect-keys.ts';
import { moduleOptions } from '../../settings/keyvalue.ts';
import { checkModules, type ModuleEntry } from '../../settings/module-options.ts';
import { formatPath } from '../../settings/parsed-file.ts';
import { Report } from '../../settings/report.ts';
import { isPlainMap, shownValue } from '../../settings/shown-value.ts';
import { checkShape } from '../../settings/validate.ts';
import { HostError } from '../../shared/host-error.ts';
import { nearestAdvice } from '../../shared/nearest.ts';
import type { HostOptions } from '../host-options.ts';
import { momentOf } from '../moment-of.ts';
import { plainCopy } from '../plain-copy.ts';
import { checkRules, type GivenRules, moduleOf } from './check-rules.ts';
import { hostOptionsSchema, pathOf } from './host-options-schema.ts';

/** Options that were checked: paths are text, and a moment is a `Date`. */
export interface CheckedOptions extends Omit<HostOptions, 'component' | 'config' | 'configFile' | 'clock'> {
  readonly component?: string;
  /** The path of a configuration file, or the values themselves. */
  readonly config?: string | Readonly<Record<string, string>>;
  readonly configFile?: string;
  readonly clock?: 'system' | 'frozen' | Date;
}

const SUCH_AS = 'options such as { component: "app.wasm" }';

/**
 * The options of a host as they are from now on, whatever the caller does with theirs. Throws a `HostError` with everything that is
 * wrong, and the nearest right name for a key that there is not.
 *
 * @param caller the function that the caller called
 */
export function checkedHostOptions(given: unknown, caller: string): CheckedOptions {
  return hostOptionsOf(checkedMap(hostOptionsSchema, given, caller, SUCH_AS), caller);
}

/**
 * The same, and modules with backends check their own options.
 * Rejects with a `HostError` also where a module can't be loaded.
 */
export async function checkedWithModules(given: unknown, caller: string): Promise<CheckedOptions> {
  const options = checkedHostOptions(given, caller);
  const directory = resolve(options.directory ?? '.');
  const modules = Object.entries((options.keyvalue ?? {}) as GivenRules).flatMap(
    ([identifier, rule]): ModuleEntry[] => {
      const module = moduleOf(rule, directory);
      if (module === undefined) return [];
      const own = typeof rule === 'string' ? {} : moduleOptions(rule);
      return [{ path: ['keyvalue', identifier], module, options: own }];
    },
  );
  if (modules.length > 0) {
    const report = new Report(caller);
    await checkModules(modules, () => caller, report);
    // Where a program names a module, one that can't be loaded is no store that is away.
    for (const warning of report.warnings) report.problem(warning);
    report.throwProblems();
  }
  return options;
}

/** The same for options whose rules may leave out the backend, which is each of several in turn. */
export function checkedBackendOptions(given: unknown, caller: string): Record<string, unknown> {
  const options = copied(given, caller, SUCH_AS, Object.keys(hostOptionsSchema.entries));
  const { keyvalue } = options;
  const rules = isPlainMap(keyvalue)
    ? Object.fromEntries(Object.entries(keyvalue).map(([name, rule]) => [name, withBackend(rule)]))
    : keyvalue;
  const checked = checkedHostOptions({ ...options, keyvalue: rules }, caller);
  return { ...checked, keyvalue: keyvalue ?? {} };
}

function withBackend(rule: unknown): unknown {
  return isPlainMap(rule) ? { backend: 'in_memory', ...rule } : rule;
}

/**
 * What a schema makes of a map that a caller gives; keys that it does not have are mistakes.
 *
 * @param suchAs what is expected in place of something that is no map
 */
export function checkedMap<S extends v.GenericSchema & SchemaNode>(
  schema: S,
  given: unknown,
  caller: string,
  suchAs: string,
): v.InferOutput<S> {
  const data = copied(given, caller, suchAs, Object.keys(schema.entries ?? {}));
  const report = new Report(caller);
  const output = checkShape(
    schema,
    data,
    () => caller,
    report,
    ({ path, known }) => {
      const hint = nearestAdvice(String(path.at(-1)), known);
      report.problem(`${caller}: ${formatPath(path)} is not a known option. ${hint}`);
    },
  );
  report.throwProblems();
  return output as v.InferOutput<S>;
}

/** What was checked against `hostEntries`, with its rules. */
export function hostOptionsOf(
  checked: v.InferOutput<typeof hostOptionsSchema>,
  caller: string,
): CheckedOptions {
  const { component, config, configFile, clock, keyvalue, ...others } = checked;
  const report = new Report(caller);
  const file = pathOf(config);
  if (component == null && configFile == null && file === undefined) {
    report.problem(`${caller} got no component. Name its .wasm as component.`);
  }
  checkRules(keyvalue ?? {}, resolve(checked.directory ?? '.'), caller, report);
  report.throwProblems();
  const moment = momentOf(clock);
  return {
    ...others,
    ...(component == null ? {} : { component: pathOf(component) }),
    ...(config == null ? {} : { config: file ?? config }),
    ...(configFile == null ? {} : { configFile: pathOf(configFile) }),
    ...(keyvalue == null ? {} : { keyvalue }),
    ...(clock == null ? {} : { clock: 'value' in moment ? new Date(moment.value) : clock }),
  } as CheckedOptions;
}

/** The caller's map, without the keys that say nothing. */
function copied(
  given: unknown,
  caller: string,
  suchAs: string,
  known: readonly string[],
): Record<string, unknown> {
  if (!isPlainMap(given)) {
    throw new HostError('usage', `${caller} got ${shownValue(given)}. Expected ${suchAs}.`);
  }
  const present = Object.entries(plainCopy(given, caller, known)).filter(([, value]) => value != null);
  return Object.fromEntries(present);
}
