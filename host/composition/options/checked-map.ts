import type * as v from 'valibot';
import { formatPath } from '../../settings/file/parsed-file.ts';
import { Report } from '../../settings/report.ts';
import type { SchemaNode } from '../../settings/schema/inspect-keys.ts';
import { checkShape } from '../../settings/schema/validate.ts';
import { isPlainMap, shownValue } from '../../settings/shown-value.ts';
import { HostError } from '../../shared/host-error.ts';
import { nearestAdvice } from '../../shared/nearest.ts';
import { plainCopy } from './plain-copy.ts';

/**
 * What a schema makes of a map that a caller gives; keys that it does not have are mistakes. Throws a `HostError` with everything that
 * is wrong, and the nearest right name for a key that there is not.
 *
 * @param caller the function that the caller called
 * @param suchAs what is expected in place of something that is no map
 */
export function checkedMap<S extends v.GenericSchema & SchemaNode>(
  schema: S,
  given: unknown,
  caller: string,
  suchAs: string,
): v.InferOutput<S> {
  const data = copiedMap(given, caller, suchAs, Object.keys(schema.entries ?? {}));
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

/** The caller's map, without the keys that say nothing. @param known see `plainCopy` */
export function copiedMap(
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
