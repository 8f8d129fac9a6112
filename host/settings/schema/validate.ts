import * as v from 'valibot';
import { nearest } from '../../shared/nearest.ts';
import { formatPath, type KeyPath, type Locate, type ParsedFile, valueAt } from '../file/parsed-file.ts';
import type { FileKey } from '../file-key.ts';
import type { Report } from '../report.ts';
import { kindOf, shownValue } from '../shown-value.ts';
import { checkTexts } from './check-texts.ts';
import { fileSchema } from './file-schema.ts';
import { inspectKeys, type SchemaNode, type UnknownKey } from './inspect-keys.ts';

/** Values that must not be quoted in a message. */
const PRIVATE = /^(configs|secrets)\b|\b(env|environment|config|token)\b/;

/** Warns of a key that nobody reads, with the one that was meant perhaps. */
export function reportUnknownKey(
  path: KeyPath,
  known: readonly string[],
  locate: Locate,
  report: Report,
): void {
  report.clue(() => {
    const suggestion = nearest(String(path.at(-1)), known);
    const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
    return `${locate(path, 'key')}: ${formatPath(path)} is not a known key and has no effect.${hint}`;
  });
}

/**
 * Checks a parsed configuration file against the keys that it may have; problems and warnings go to the report.
 * @returns undefined where the file can't be used
 */
export async function validate(
  file: ParsedFile,
  keys: readonly FileKey[],
  locate: Locate,
  report: Report,
): Promise<unknown> {
  const data = file.data ?? {};
  const checked = checkShape(await fileSchema(keys), data, locate, report, ({ path, known }) =>
    reportUnknownKey(path, known, locate, report),
  );
  for (const { key, missing } of keys) {
    const path = key.split('.');
    if (missing === undefined || !asksForSomething(valueAt(data, path))) continue;
    report.warn(() => `${locate(path, 'key')}: ${formatPath(path)} has no effect yet: ${missing}.`);
  }
  return checked;
}

// `false`, `[]`, `{}` and nothing ask for what happens anyway.
function asksForSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/**
 * Checks what a file says against a schema whose messages are what would have been right.
 * @param onUnknown called for each key that the schema doesn't have
 * @returns undefined where the report has its problems
 */
export function checkShape<S extends v.GenericSchema & SchemaNode>(
  schema: S,
  data: unknown,
  locate: Locate,
  report: Report,
  onUnknown: (key: UnknownKey) => void,
): v.InferOutput<S> | undefined {
  const areTexts = checkTexts(data, locate, report);
  const { unknown, lists, reserved } = inspectKeys(schema, data);
  for (const key of unknown) onUnknown(key);
  for (const { path, kind } of lists) {
    report.problem(() => `${locate(path)}: ${subject(path)} is ${kind}. Expected a map of keys and values.`);
  }
  for (const { path } of reserved) {
    report.problem(
      () => `${locate(path, 'key')}: ${formatPath(path)} has a reserved name. Choose another one.`,
    );
  }

  const result = v.safeParse(schema, data);
  const seen = new Set<string>();
  for (const { path, message, missing, input } of (result.issues ?? []).flatMap((issue) =>
    flatten(issue, []),
  )) {
    const id = JSON.stringify(path);
    if (seen.has(id)) continue;
    seen.add(id);
    report.problem(() => {
      const name = formatPath(path);
      return missing
        ? `${locate(path)}: ${name} is missing. Add it.`
        : `${locate(path)}: ${subject(path)} is ${shown(input, name)}. Expected ${message}.`;
    });
  }
  return result.success && areTexts && lists.length === 0 && reserved.length === 0
    ? result.output
    : undefined;
}

interface FlatIssue {
  readonly path: KeyPath;
  readonly message: string;
  readonly missing: boolean;
  readonly input: unknown;
}

function flatten(issue: v.BaseIssue<unknown>, base: KeyPath): FlatIssue[] {
  const path = [...base, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  // A choice is reported by its parts where one of them got further than the choice itself.
  const deeper = (issue.type === 'union' ? (issue.issues ?? []) : []).filter((part) => part.path);
  if (deeper.length > 0) return deeper.flatMap((part) => flatten(part, path));
  // A key that isn't there is reported as the quoted key that was expected, with undefined received.
  const missing = issue.received === 'undefined' && issue.expected?.startsWith('"') === true;
  return [{ path, message: issue.message, missing, input: issue.input }];
}

function subject(path: KeyPath): string {
  return path.length === 0 ? 'the file' : formatPath(path);
}

function shown(value: unknown, name: string): string {
  if (value === null || value === undefined) return 'empty';
  return PRIVATE.test(name) ? kindOf(value) : shownValue(value);
}
