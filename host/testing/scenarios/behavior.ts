import type { OperationName } from '../../interfaces/keyvalue/operation-name.ts';
import { isOperationName, writes } from '../../interfaces/keyvalue/operations.ts';
import { reasonOf } from '../../shared/host-error.ts';
import type { StoreFault } from '../faults/fault.ts';
import type { Snapshot } from '../stores/snapshot.ts';
import type { TestHost } from '../test-host.ts';
import { shownBytes } from './bytes.ts';
import { runScenario, type ScenarioOutcome, type StepStatus } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** How a component is seen to take a fault, the worst first. */
export const EFFECTS = ['loses data', 'hangs', 'breaks off', 'answers 5xx', 'goes on'] as const;
export type Effect = (typeof EFFECTS)[number];

/** One run of a scenario in which one thing went wrong. */
export interface Trial {
  /** The operation: `set carts/a`, and which of several. */
  readonly operation: string;
  /** What went wrong: `fails once`. */
  readonly fault: string;
  readonly effect: Effect;
  /** The step at which it showed, and how. */
  readonly detail: string;
}

/** What a scenario came to without faults, and under each. */
export interface Behavior {
  /** Why the scenario does not even pass without faults. */
  readonly problem?: string;
  readonly trials: readonly Trial[];
}

interface Kind {
  readonly text: string;
  readonly settings: StoreFault;
  /** The operations that it makes sense for. Default: every one. */
  readonly ops?: readonly OperationName[];
}

const kinds: readonly Kind[] = [
  { text: 'fails once', settings: { error: 'other', times: 1 } },
  { text: 'keeps failing', settings: { error: 'other' } },
  { text: 'is denied', settings: { error: 'access-denied' } },
  {
    text: 'is done and its answer lost',
    settings: { drop: 'after-apply', times: 1 },
    ops: writes,
  },
  { text: 'answers what was before', settings: { stale: true, times: 1 }, ops: ['get', 'exists'] },
  { text: 'has pages of one key', settings: { pageSize: 1 }, ops: ['list-keys'] },
];

/**
 * Runs a scenario under every fault at every operation in turn.
 * @param stage gives a host whose buckets are empty
 */
export async function behaviorOf(
  scenario: Scenario,
  stage: () => Promise<TestHost>,
  signal: AbortSignal,
): Promise<Behavior> {
  const clean = await stage();
  let outcome: ScenarioOutcome;
  try {
    outcome = await runScenario(clean, scenario, 'all');
  } catch (error) {
    return { problem: reasonOf(error), trials: [] };
  }
  const { differences, statuses } = outcome;
  const [first] = differences;
  if (first !== undefined) return { problem: `${first.subject}: ${first.text}`, trials: [] };
  const contents = await clean.snapshot();
  const operations = occurrences(clean.operations());

  const trials: Trial[] = [];
  for (const { op, bucket, key, after, text } of operations) {
    for (const { text: fault, settings, ops } of kinds) {
      if (signal.aborted) return { trials };
      if (ops?.includes(op) === false) continue;
      const stricken = await stage();
      stricken.faults.add({ ...settings, op, bucket, after, ...(key === undefined ? {} : { key }) });
      const run = await runScenario(stricken, scenario, 'all');
      stricken.faults.clear();
      const change = firstChange(contents, await stricken.snapshot());
      trials.push({ operation: text, fault, ...effectOf(scenario, run.statuses, statuses, change) });
    }
  }
  return { trials };
}

interface Occurrence {
  readonly op: OperationName;
  readonly bucket: string;
  readonly key: string | undefined;
  /** How many like it come before. */
  readonly after: number;
  readonly text: string;
}

/** Each operation that succeeded with its number among those like it, each bucket's opening before its first. */
function occurrences(operations: ReturnType<TestHost['operations']>): Occurrence[] {
  const seen = new Map<string, number>();
  const counted = (op: OperationName, bucket: string, key: string | undefined): Occurrence => {
    const place = `${op} ${bucket}${key === undefined ? '' : `/${key}`}`;
    const after = seen.get(place) ?? 0;
    seen.set(place, after + 1);
    return { op, bucket, key, after, text: after === 0 ? place : `${place} (${after + 1})` };
  };
  return operations.flatMap(({ op, bucket, key, error }) => {
    if (bucket === undefined || !isOperationName(op)) return [];
    const isOpened = op === 'open' || seen.has(`open ${bucket}`);
    const opening = isOpened ? [] : [counted('open', bucket, undefined)];
    const operation = counted(op, bucket, key);
    return error === undefined ? [...opening, operation] : opening;
  });
}

/** The first key, in the order of buckets and keys, under which something else is. */
function firstChange(before: Snapshot, after: Snapshot): string | undefined {
  for (const bucket of new Set([...before.buckets.keys(), ...after.buckets.keys()])) {
    const [old, now] = [before, after].map(({ buckets }) => new Map(buckets.get(bucket)));
    for (const key of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
      const [was, is] = [shownValue(old?.get(key)), shownValue(now?.get(key))];
      if (was !== is) return `${bucket}/${key} is ${is} in place of ${was}`;
    }
  }
  return undefined;
}

function shownValue(value: Uint8Array | undefined): string {
  return value === undefined ? 'missing' : shownBytes(value);
}

function effectOf(
  scenario: Scenario,
  statuses: readonly StepStatus[],
  clean: readonly StepStatus[],
  change: string | undefined,
): Pick<Trial, 'effect' | 'detail'> {
  const subject = (index: number): string => {
    const step = scenario.steps[index];
    return step?.kind === 'request' ? `step ${index + 1}, ${step.method} ${step.path}` : `step ${index + 1}`;
  };
  const find = (isMeant: (status: StepStatus, before: StepStatus | undefined) => boolean) =>
    statuses.find((status, index) => isMeant(status, clean[index]));
  const hung = find(({ status }, before) => status === 504 && before?.status !== 504);
  if (hung !== undefined) return { effect: 'hangs', detail: subject(hung.step) };
  const broken = find(({ isComplete }, before) => !isComplete && before?.isComplete === true);
  if (broken !== undefined) return { effect: 'breaks off', detail: subject(broken.step) };
  const failed = find(({ status }, before) => status >= 500 && (before?.status ?? 0) < 500);
  if (failed !== undefined) {
    return { effect: 'answers 5xx', detail: `${failed.status} at ${subject(failed.step)}` };
  }
  const isAllRight = statuses.every(({ status }, index) => status < 400 || status === clean[index]?.status);
  if (change !== undefined && isAllRight) return { effect: 'loses data', detail: change };
  const other = find(({ status }, before) => status !== before?.status);
  const detail = other === undefined ? 'answers as without' : `${other.status} at ${subject(other.step)}`;
  return { effect: 'goes on', detail };
}
