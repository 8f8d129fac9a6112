import { kvasi } from './contenders/kvasi.ts';
import { nodeHttp } from './contenders/node-http.ts';
import { loadRounds, type Results } from './results.ts';
import { ratioSpread, type Spread } from './statistics.ts';

/** A figure of one run that kvasi is held to; a ratio but where its title says otherwise. */
export interface Target {
  readonly key: string;
  readonly title: string;
  readonly bound: 'at least' | 'at most';
  readonly value: number;
  readonly measured: (results: Results) => Spread | undefined;
}

export const ours = kvasi.name;
export const bare = nodeHttp.name;

export function throughput(
  results: Results,
  workload: string,
  connections: number,
  against: string,
): Spread | undefined {
  return ratio(
    loadRounds(results, workload, connections, ours),
    loadRounds(results, workload, connections, against),
  );
}

export function ratio(
  values: readonly number[] | undefined,
  baseline: readonly number[] | undefined,
): Spread | undefined {
  return values === undefined || baseline === undefined ? undefined : ratioSpread(values, baseline);
}

/** The lowest of several, where all of them are there. */
export function lowest(spreads: readonly (Spread | undefined)[]): Spread | undefined {
  return spreads.reduce((a, b) =>
    a === undefined || b === undefined ? undefined : a.median <= b.median ? a : b,
  );
}
