import { formatPath } from '../../../settings/file/parsed-file.ts';
import { correct } from '../correct.ts';
import type { Correction, Difference } from '../difference.ts';
import { readScenarios } from '../read-scenarios.ts';
import { runScenario } from '../run-scenario.ts';
import type { Stages } from '../start-host-pool.ts';

/** How often a recording is run again, as one difference may hide another. */
const mostRuns = 3;

/** What became of a recording that was run again. */
export interface Settled {
  /** What is not compared any more, because it differs from run to run. */
  readonly dropped: readonly string[];
  /** Why it does not pass all the same; undefined when it does. */
  readonly problem: string | undefined;
}

/**
 * Runs a recording in memory, and takes out of the file what is another one each time.
 * @param replace puts a text in the place of what the file says
 */
export async function settle(
  path: string,
  cwd: string,
  stages: Stages,
  replace: (text: string, before: string) => Promise<void>,
): Promise<Settled> {
  const dropped: string[] = [];
  for (let run = 1; ; run += 1) {
    const file = await readScenarios(path, cwd);
    const differences: Difference[] = [];
    for (const scenario of file.scenarios) {
      const stage = await stages.stage('in_memory', scenario.host);
      differences.push(...(await runScenario(stage, scenario, 'all')).differences);
    }
    const [first] = differences;
    if (first === undefined) return { dropped, problem: undefined };
    const corrections = differences.flatMap((difference) => dropping(difference) ?? []);
    if (run === mostRuns || corrections.length === 0) {
      return { dropped, problem: `${file.locate(first.at)}: ${first.subject}: ${first.text}` };
    }
    await replace(correct(file.source, corrections), file.source);
    dropped.push(...differences.map(nameOf));
  }
}

function nameOf({ subject, at }: Difference): string {
  return at[2] === 'after' ? subject : `${subject}, ${formatPath(at.slice(4))}`;
}

/** How to take out what differs: a part of an answer, or what a key or a bucket holds in the end. */
function dropping({ at, correction }: Difference): Correction | undefined {
  if (correction === undefined) return undefined;
  const [, , part, bucket] = at;
  if (part !== 'after')
    return at.at(-2) === 'expect' || at.includes('headers') ? { path: at, value: undefined } : undefined;
  // Which keys there are can be expected of a bucket as a whole only.
  const isValue = at.length === 5 && correction.value !== undefined;
  if (isValue) return { path: at, value: { regex: '' } };
  return { path: ['scenarios', at[1] ?? 0, 'after', bucket ?? ''], value: undefined };
}
