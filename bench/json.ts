import type { Results } from './results.ts';
import { isMet, targets } from './targets.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly loadGenerator: string;
  /** By contender; null if it is not installed. */
  readonly versions: Readonly<Record<string, string | null>>;
}

/** The run for machines. A ratio that was not measured is null. */
export function json(machine: Machine, results: Results): string {
  const judged = targets.map((target) => ({ target, measured: target.measured(results) }));
  const by = <Value>(value: (item: (typeof judged)[number]) => Value): Record<string, Value> =>
    Object.fromEntries(judged.map((item) => [item.target.key, value(item)]));
  return JSON.stringify({
    machine,
    ratios: by(({ measured }) => measured?.median ?? null),
    spreads: by(({ measured }) => (measured === undefined ? null : [measured.min, measured.max])),
    targets: by(({ target, measured }) => ({
      [target.bound === 'at least' ? 'atLeast' : 'atMost']: target.value,
      met: measured === undefined ? null : isMet(target, measured),
    })),
    load: results.load,
    start: results.start ?? null,
    memory: results.memory ?? null,
    keys: results.keys ?? null,
    messages: results.messages ?? null,
    firstSeconds: results.firstSeconds ?? null,
  });
}
