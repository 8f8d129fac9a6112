import type { RequestInfo } from '../api/schemas.ts';

/** The span of the chart of the rate, in seconds. */
export const rateSpan = 60;

/** What the last requests were like. */
export interface RequestStats {
  /** Requests in each of the last seconds, the oldest first. */
  readonly perSecond: readonly number[];
  /** Milliseconds; undefined without requests. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number } | undefined;
  /** How many requests took how long; the bounds double from step to step. */
  readonly histogram: readonly { readonly upTo: number; readonly count: number }[];
  readonly hits: number;
  readonly misses: number;
  readonly errors: number;
}

/** Reckons the numbers of the charts. */
export function statsOf(requests: readonly RequestInfo[], now: number): RequestStats {
  const perSecond = rates(requests, now);
  const times = requests.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const at = (part: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  const reads = requests.flatMap(({ operations }) =>
    operations.filter(({ effect, hit }) => hit !== undefined && effect === 'read'),
  );
  const hits = reads.filter(({ hit }) => hit === true).length;
  return {
    perSecond,
    latency: times.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    histogram: histogramOf(times),
    hits,
    misses: reads.length - hits,
    errors: requests.filter(({ status }) => status === 0 || status >= 500).length,
  };
}

/** Under load not every request is kept; the ids, which count them all, tell how many there were. */
function rates(requests: readonly RequestInfo[], now: number): number[] {
  const kept = new Array<number>(rateSpan).fill(0);
  const lastIds = new Array<number>(rateSpan).fill(0);
  for (const { id, time, milliseconds } of requests) {
    const age = Math.floor((now - time - milliseconds) / 1000);
    const index = rateSpan - 1 - Math.max(0, age);
    if (index < 0) continue;
    kept[index] = (kept[index] ?? 0) + 1;
    lastIds[index] = Math.max(lastIds[index] ?? 0, id);
  }
  return kept.map((count, index) => {
    const before = lastIds[index - 1] ?? 0;
    return before === 0 ? count : Math.max(count, (lastIds[index] ?? 0) - before);
  });
}

function histogramOf(sorted: readonly number[]): { upTo: number; count: number }[] {
  const steps: { upTo: number; count: number }[] = [];
  const largest = sorted.at(-1) ?? 0;
  for (let upTo = 0.25; steps.length === 0 || upTo < largest * 2; upTo *= 2) steps.push({ upTo, count: 0 });
  for (const time of sorted) {
    const step = steps.find(({ upTo }) => time <= upTo);
    if (step !== undefined) step.count += 1;
  }
  const first = Math.max(0, steps.findIndex(({ count }) => count > 0) - 1);
  return steps.slice(first);
}
