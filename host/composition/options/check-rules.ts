import { backendNamed, PLACE_KEYS } from '../../interfaces/keyvalue/configuration/backend-settings.ts';
import { moduleOptions } from '../../interfaces/keyvalue/configuration/read-stores.ts';
import { isRefusal } from '../../interfaces/keyvalue/configuration/refusals.ts';
import { bucketEntries } from '../../interfaces/keyvalue/configuration/store-keys.ts';
import { formatPath } from '../../settings/file/parsed-file.ts';
import type { Report } from '../../settings/report.ts';
import { shownValue } from '../../settings/shown-value.ts';
import { reasonOf } from '../../shared/host-error.ts';
import { nearestAdvice } from '../../shared/nearest.ts';

/** Rules as the schema lets them through: a name, a refusal, or an entry of `dev.keyvalue`. */
export type GivenRules = Readonly<
  Record<string, string | ({ readonly backend: string } & Readonly<Record<string, unknown>>)>
>;

/**
 * Checks what the schema alone does not: the backends by name, and that each key has an effect on its backend.
 *
 * @param mayHaveSeed whether an entry may name a file that fills the bucket; in a test it may not
 */
export function checkRules(
  rules: GivenRules,
  directory: string,
  caller: string,
  report: Report,
  mayHaveSeed: boolean,
): void {
  const known = Object.keys(bucketEntries).filter((key) => mayHaveSeed || key !== 'seed');
  for (const [identifier, rule] of Object.entries(rules)) {
    const path = ['keyvalue', identifier];
    const problem = (keys: readonly string[], text: string): void =>
      report.problem(`${caller}: ${formatPath([...path, ...keys])} ${text}`);
    if (typeof rule === 'string') {
      if (isRefusal(rule)) continue;
      const found = backendNamed(rule, undefined, directory);
      if ('expected' in found) {
        problem([], `is ${shownValue(rule)}. Expected deny, no-such-store, ${found.expected}.`);
      }
      continue;
    }
    const found = backendNamed(rule.backend, undefined, directory);
    if ('expected' in found) {
      problem(['backend'], `is ${shownValue(rule.backend)}. Expected ${found.expected}.`);
      continue;
    }
    if (rule.seed != null && !mayHaveSeed) {
      problem(['seed'], 'has no effect in a test. Fill the bucket with host.bucket(…).set.');
    }
    if (found.value.kind === 'module') {
      checkSendable(moduleOptions(rule), problem);
      continue;
    }
    const placeKey = PLACE_KEYS[found.value.kind];
    for (const key of Object.keys(rule)) {
      if (!Object.hasOwn(bucketEntries, key)) {
        problem([key], `is not a known option. ${nearestAdvice(key, known)}`);
      } else if (['url', 'path'].includes(key) && key !== placeKey && rule[key] != null) {
        problem([key], `has no effect on the backend ${rule.backend}.`);
      }
    }
    const place = placeKey && rule[placeKey];
    if (placeKey === undefined || typeof place !== 'string') continue;
    const placed = backendNamed(rule.backend, place, directory);
    if ('expected' in placed) problem([placeKey], `is ${shownValue(place)}. Expected ${placed.expected}.`);
  }
}

/** The module that a rule names; undefined where it names none. */
export function moduleOf(rule: GivenRules[string], directory: string): string | undefined {
  const name = typeof rule === 'string' ? rule : rule.backend;
  const found = isRefusal(name) ? undefined : backendNamed(name, undefined, directory);
  return found !== undefined && 'value' in found && found.value.kind === 'module'
    ? found.value.path
    : undefined;
}

/** The options of a module go to the thread that runs the component. */
function checkSendable(
  options: Readonly<Record<string, unknown>>,
  problem: (keys: readonly string[], text: string) => void,
): void {
  for (const [key, value] of Object.entries(options)) {
    try {
      structuredClone(value);
    } catch (error) {
      problem(
        [key],
        `is ${shownValue(value)}, which can't be given to another thread (${reasonOf(error)}). Expected plain data.`,
      );
    }
  }
}
