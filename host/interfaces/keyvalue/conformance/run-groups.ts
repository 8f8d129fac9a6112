import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseResult } from '../../../terminal/case-result.ts';
import { type Case, defaultTimeout, type Group, whySkipped } from './case.ts';
import { failureText } from './failure.ts';
import type { Subject } from './subject.ts';
import { Trial } from './trial.ts';

/** What came of a run. */
export interface Outcome {
  readonly results: readonly CaseResult[];
  /** Why some of what was written may still be there; empty when all of it was removed. */
  readonly leftovers: readonly string[];
}

export interface RunOptions {
  /** What the names of all buckets begin with. */
  readonly prefix: string;
  /** Ends the run: no further case is begun, and what was written is removed. */
  readonly signal: AbortSignal;
  readonly began: (group: Group, item: Case) => void;
  readonly ended: (result: CaseResult) => void;
}

/** Runs the cases of groups on a store, one after the other. */
export async function runGroups(
  subject: Subject,
  groups: readonly Group[],
  { prefix, signal, began, ended }: RunOptions,
): Promise<Outcome> {
  const results: CaseResult[] = [];
  const leftovers: string[] = [];
  for (const [index, group] of groups.entries()) {
    if (signal.aborted) break;
    // A case may have left its host in disorder, so that each group has one of its own.
    await using trial = await Trial.begin(subject, `${prefix}-${index + 1}`);
    for (const item of group.cases) {
      began(group, item);
      const result = await runCase(trial, group, item, signal);
      if (result === undefined) break;
      results.push(result);
      ended(result);
    }
    leftovers.push(...(await trial.removeBuckets()));
  }
  return { results, leftovers };
}

/** How long a case that is given up may take to end, in milliseconds. */
const longestEnd = 5000;

/** `undefined` when it was given up. */
async function runCase(
  trial: Trial,
  group: Group,
  item: Case,
  signal: AbortSignal,
): Promise<CaseResult | undefined> {
  const result = { group: group.name, name: item.name };
  const skipped = whySkipped(item, trial.capabilities, trial.lacks);
  if (skipped !== undefined) return { ...result, outcome: 'skipped', milliseconds: 0, reason: skipped };
  const begun = performance.now();
  try {
    await within(item.run(trial), item.timeout ?? defaultTimeout, signal);
    return { ...result, outcome: 'passed', milliseconds: performance.now() - begun };
  } catch (error) {
    if (signal.aborted) return undefined;
    const milliseconds = performance.now() - begun;
    return { ...result, outcome: 'failed', milliseconds, reason: failureText(error) };
  }
}

async function within(work: Promise<void>, timeout: number, signal: AbortSignal): Promise<void> {
  const timer = new AbortController();
  const ending = AbortSignal.any([timer.signal, signal]);
  const late = sleep(timeout, undefined, { signal: ending }).then(() => {
    throw new Error(`it has not ended within ${timeout / 1000} s`);
  });
  try {
    await Promise.race([work, late]);
  } catch (error) {
    // What it still writes is to be removed as well.
    if (signal.aborted) await Promise.race([work.catch(() => {}), sleep(longestEnd)]);
    throw error;
  } finally {
    timer.abort();
    late.catch(() => {});
  }
}
