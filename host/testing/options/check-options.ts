import type * as v from 'valibot';
import {
  type CheckedHostOptions,
  pathsAndRules,
  requireComponent,
  requireModules,
} from '../../composition/options/check-host-options.ts';
import { checkedMap, copiedMap } from '../../composition/options/checked-map.ts';
import { isPlainMap } from '../../settings/shown-value.ts';
import { momentOf } from '../moment-of.ts';
import type { TestHostOptions } from './test-host-options.ts';
import { testHostSchema } from './test-options-schema.ts';

/** Options that were checked: paths are text, and a moment is a `Date`. */
export interface CheckedOptions
  extends Omit<TestHostOptions, 'component' | 'config' | 'configFile' | 'clock'>,
    Pick<CheckedHostOptions, 'component' | 'config' | 'configFile'> {
  readonly clock?: 'system' | 'frozen' | Date;
}

const SUCH_AS = 'options such as { component: "app.wasm" }';

/**
 * The options of a host as they are from now on, whatever the caller does with theirs. Throws a `HostError` with everything that is
 * wrong, and the nearest right name for a key that there is not.
 *
 * @param caller the function that the caller called
 */
export function checkedTestOptions(given: unknown, caller: string): CheckedOptions {
  return testOptionsOf(checkedMap(testHostSchema, given, caller, SUCH_AS), caller);
}

/**
 * The same, and modules with backends check their own options.
 * Rejects with a `HostError` also where a module can't be loaded.
 */
export async function checkedWithModules(given: unknown, caller: string): Promise<CheckedOptions> {
  const options = checkedTestOptions(given, caller);
  await requireModules(options, caller);
  return options;
}

/** The same for options whose rules may leave out the backend, which is each of several in turn. */
export function checkedBackendOptions(given: unknown, caller: string): Record<string, unknown> {
  const options = copiedMap(given, caller, SUCH_AS, Object.keys(testHostSchema.entries));
  const { keyvalue } = options;
  const rules = isPlainMap(keyvalue)
    ? Object.fromEntries(Object.entries(keyvalue).map(([name, rule]) => [name, withBackend(rule)]))
    : keyvalue;
  const checked = checkedTestOptions({ ...options, keyvalue: rules }, caller);
  return { ...checked, keyvalue: keyvalue ?? {} };
}

function withBackend(rule: unknown): unknown {
  return isPlainMap(rule) ? { backend: 'in_memory', ...rule } : rule;
}

/** What was checked against `testHostEntries`, with its rules. */
export function testOptionsOf(checked: v.InferOutput<typeof testHostSchema>, caller: string): CheckedOptions {
  const { clock, ...others } = checked;
  requireComponent(others, caller);
  const moment = momentOf(clock);
  return {
    ...pathsAndRules(others, caller, false),
    ...(clock == null ? {} : { clock: 'value' in moment ? new Date(moment.value) : clock }),
  } as CheckedOptions;
}
