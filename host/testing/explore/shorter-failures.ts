import type { Step } from '../../runtime/fault-injection/schedule.ts';

/** An interleaving after which the check throws. */
export interface Failure {
  readonly steps: readonly Step[];
  readonly cause: unknown;
}

/**
 * Looks for a failure with fewer operations, or with as many and fewer changes from one request to another.
 *
 * @param fails runs an interleaving with these first choices; undefined where the check does not throw
 * @param most how many are run at most
 */
export async function shortest(
  found: Failure,
  fails: (first: readonly number[]) => Promise<Failure | undefined>,
  most: number,
): Promise<Failure> {
  let best = found;
  const tried = new Set<string>();
  let candidates = candidatesOf(scheduleOf(best));
  for (let first = candidates.shift(); first !== undefined; first = candidates.shift()) {
    const name = first.join();
    if (tried.has(name)) continue;
    if (tried.size >= most) break;
    tried.add(name);
    const failure = await fails(first);
    if (failure === undefined || !isShorter(failure, best)) continue;
    best = failure;
    candidates = candidatesOf(scheduleOf(best));
  }
  return best;
}

/** Which request went on at each turn. */
export function scheduleOf({ steps }: Pick<Failure, 'steps'>): number[] {
  return steps.map(({ chosen }) => chosen);
}

function isShorter(one: Failure, other: Failure): boolean {
  const fewer = other.steps.length - one.steps.length;
  return fewer > 0 || (fewer === 0 && partsOf(scheduleOf(one)).length < partsOf(scheduleOf(other)).length);
}

/** The schedule with a part joined to another of the same request, or broken off and left to run on by itself. */
function candidatesOf(schedule: readonly number[]): number[][] {
  const parts = partsOf(schedule);
  const joined = parts.flatMap((part, index) => {
    const rest = parts.toSpliced(index, 1);
    const later = rest.findIndex(([request], at) => at >= index && request === part[0]);
    const earlier = rest.findLastIndex(([request], at) => at < index && request === part[0]);
    return [later, earlier]
      .filter((at) => at !== -1)
      .map((at) => rest.toSpliced(at, 1, [...part, ...(rest[at] ?? [])]).flat());
  });
  return [...joined, ...schedule.map((_, length) => schedule.slice(0, length))];
}

/** The parts in which one request goes on. */
function partsOf(schedule: readonly number[]): number[][] {
  const parts: number[][] = [];
  for (const request of schedule) {
    const last = parts.at(-1);
    if (last?.[0] === request) last.push(request);
    else parts.push([request]);
  }
  return parts;
}
