import { join } from 'node:path';
import { redactUrls } from '../../../settings/redact.ts';
import { alternatives } from '../../../settings/report.ts';
import { fileReason } from '../../../shared/file-reason.ts';
import { HostError } from '../../../shared/host-error.ts';
import { requirePlainFile } from '../../../shared/plain-file.ts';
import type { CaseResult } from '../../../terminal/case-result.ts';
import type { CommandContext } from '../../../terminal/command-context.ts';
import { junitXml } from '../../../terminal/junit.ts';
import { Progress } from '../../../terminal/progress.ts';
import { countByGroup, countTable, totalLine } from '../../../terminal/result-counts.ts';
import { failureLines, skipLines } from '../../../terminal/result-lines.ts';
import { styled } from '../../../terminal/styled.ts';
import { TemporaryFolder } from '../../../testing/stores/temporary-folder.ts';
import { StoreError } from '../backends/backend.ts';
import type { BackendSettings } from '../configuration/backend-settings.ts';
import { parseBackend } from '../configuration/backend-settings.ts';
import { formatRule } from '../configuration/store-rules.ts';
import type { Group } from '../conformance/case.ts';
import { failureText } from '../conformance/failure.ts';
import { groups } from '../conformance/groups.ts';
import { type Outcome, runGroups } from '../conformance/run-groups.ts';
import { type Subject, subjectOf } from '../conformance/subject.ts';
import { freshPrefix, Trial } from '../conformance/trial.ts';

/** How long removing what was written may take when the run is stopped, in milliseconds. */
const removalPatience = 5000;

export interface ConformanceOptions {
  readonly backend: string;
  /** `key=value` for a module. */
  readonly option?: readonly string[];
  readonly group?: readonly string[];
  readonly reporter: string;
}

/** `kvasi conformance`: exit code 1 when a backend does otherwise than the suite says. */
export async function conformance(options: ConformanceOptions, context: CommandContext): Promise<0 | 1> {
  const { stdout, stderr, signal } = context;
  const chosen = chooseGroups(options.group ?? []);
  const isJunit = options.reporter === 'junit';
  const progress = new Progress(stderr, chosen.flatMap(({ cases }) => cases).length);
  await using place = await placeOf(options, context);
  if (place.isOwn) context.heedSignals(removalPatience);
  const prefix = freshPrefix();
  let isReached = false;
  const tell = (text: string): void => {
    // What is wrong at first is the one message that ends the command.
    if (isReached) progress.line(`kvasi: ${text}`);
  };
  (isJunit ? stderr : stdout).lines([...announcement(place, prefix), '']);

  let outcome: Outcome;
  try {
    await using subject = await subjectOf(place.settings, { tell });
    await tryOut(subject, prefix);
    context.heedSignals(removalPatience);
    isReached = true;
    outcome = await runGroups(subject, chosen, {
      prefix,
      signal,
      began: (group, item) => progress.begin(group.name, item.name),
      ended: () => progress.end(),
    });
  } catch (cause) {
    const reason = cause instanceof StoreError ? cause.message : failureText(cause);
    throw new HostError('backend', `${place.text} can't be tested: ${reason}`, { cause });
  } finally {
    progress.clear();
  }

  const { results, leftovers } = outcome;
  if (isJunit) stdout.text(junitXml(place.text, results));
  else stdout.lines(report(results));
  for (const leftover of leftovers) stderr.problem(`kvasi: not removed: ${leftover}`);
  if (signal.aborted) stderr.line('kvasi: stopped before the end');
  const has = (wanted: CaseResult['outcome']): boolean => results.some(({ outcome: one }) => one === wanted);
  return has('passed') && !has('failed') && !signal.aborted ? 0 : 1;
}

/** Where the backend's data is while it is tested. */
interface Place extends AsyncDisposable {
  readonly settings: BackendSettings;
  /** For people, without secrets. */
  readonly text: string;
  /** Whether nothing but this run uses it. */
  readonly isOwn: boolean;
}

async function placeOf(
  { backend, option = [] }: ConformanceOptions,
  { cwd }: CommandContext,
): Promise<Place> {
  const isFolder = backend === 'filesystem' || backend === 'sqlite';
  const temporary = isFolder ? new TemporaryFolder('conformance') : undefined;
  const folder = temporary?.path;
  const text =
    folder === undefined ? backend : `${backend}:${join(folder, backend === 'sqlite' ? 'kv.db' : '')}`;
  const parsed = parseBackend(text, cwd, {});
  if ('expected' in parsed) {
    const given = JSON.stringify(redactUrls(backend));
    throw new HostError('usage', `--backend is ${given}. Expected ${parsed.expected}.`);
  }
  const settings = withOptions(parsed.value, option);
  if (settings.kind === 'module') await requireModule(settings.path, backend);
  return {
    settings,
    text: placeText(settings, backend, folder),
    isOwn: folder !== undefined || settings.kind === 'in_memory',
    async [Symbol.asyncDispose]() {
      await temporary?.[Symbol.asyncDispose]();
    },
  };
}

/** Loading anything else might wait without end. */
async function requireModule(path: string, given: string): Promise<void> {
  try {
    await requirePlainFile(path);
  } catch (cause) {
    throw new HostError('usage', `${given} can't be loaded: it ${fileReason(cause)}.`, { cause });
  }
}

function placeText(settings: BackendSettings, given: string, folder: string | undefined): string {
  if (folder !== undefined) return `${given} in a temporary folder`;
  return settings.kind === 'module' ? given : formatRule(settings);
}

function withOptions(settings: BackendSettings, given: readonly string[]): BackendSettings {
  if (given.length === 0) return settings;
  const options = Object.fromEntries(given.map(parseOption));
  if (settings.kind !== 'module') {
    throw new HostError(
      'usage',
      '--option is for backends of your own, which --backend names by their path.',
    );
  }
  return { ...settings, options };
}

/** A value is JSON where it reads as such, else text. */
function parseOption(text: string): [key: string, value: unknown] {
  const [, key, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined) {
    throw new HostError('usage', `--option is ${JSON.stringify(text)}. Expected key=value.`);
  }
  try {
    return [key, JSON.parse(value)];
  } catch {
    return [key, value];
  }
}

function chooseGroups(wanted: readonly string[]): readonly Group[] {
  const chosen = groups.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const unknown = wanted.find((name) => !groups.some((group) => group.name === name));
  if (unknown === undefined) return chosen;
  const names = alternatives(groups.map(({ name }) => `"${name}"`));
  throw new HostError('usage', `--group is ${JSON.stringify(unknown)}. Expected ${names}.`);
}

function announcement({ text, isOwn }: Place, prefix: string): string[] {
  const title = `${styled('bold', 'kvasi conformance')} of ${styled('bold', text)}`;
  const buckets = isOwn
    ? 'Nothing else is touched.'
    : `Writes buckets ${prefix}-… and one key of the bucket without a name, and removes them at the end.`;
  return [title, buckets];
}

/** So that a store that is away is one message and not a hundred. */
async function tryOut(subject: Subject, prefix: string): Promise<void> {
  await using trial = await Trial.begin(subject, `${prefix}-0`);
  const bucket = await trial.freshBucket();
  await bucket.get('k');
  await trial.removeBuckets();
}

function report(results: readonly CaseResult[]): string[] {
  return [
    ...countTable(countByGroup(results)),
    '',
    ...failureLines(results),
    ...skipLines(results),
    totalLine(results),
  ];
}
