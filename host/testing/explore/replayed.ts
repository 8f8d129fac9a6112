import type { Choice } from '../../runtime/fault-injection/schedule.ts';

/** Where and why a run went another way than the schedule that it was to repeat; undefined where it did not. */
export function whyNotReplayed(schedule: readonly number[], steps: readonly Choice[]): string | undefined {
  const length = Math.max(schedule.length, steps.length);
  for (let index = 0; index < length; index += 1) {
    const wanted = schedule[index];
    const chosen = steps[index]?.chosen;
    if (wanted === chosen) continue;
    const place = `at step ${index + 1}`;
    if (wanted === undefined)
      return `${place}, which it does not have: request ${(chosen ?? 0) + 1} makes another operation`;
    const isOther = chosen !== undefined;
    return `${place}: request ${wanted + 1} has no operation to make there${isOther ? `, request ${chosen + 1} has` : ', and no other has one'}`;
  }
  return undefined;
}
