import type { FirstSecondsReport } from './measure-first-seconds.ts';
import type { KeysReport } from './measure-keys.ts';
import type { LoadReport } from './measure-load.ts';
import type { MemoryReport } from './measure-memory.ts';
import type { MessagesReport } from './measure-messages.ts';
import type { StartReport } from './measure-start.ts';

/** Everything that a run has measured. */
export interface Results {
  readonly load: readonly LoadReport[];
  readonly start: StartReport | undefined;
  readonly memory: MemoryReport | undefined;
  readonly keys: KeysReport | undefined;
  readonly messages: MessagesReport | undefined;
  readonly firstSeconds: FirstSecondsReport | undefined;
}

/** A figure of one entrant, round by round; undefined if that was not measured. */
export function loadRounds(
  { load }: Results,
  workload: string,
  connections: number,
  label: string,
  figure: 'requestsPerSecond' | 'latency' | 'latency99' = 'requestsPerSecond',
): number[] | undefined {
  return load
    .find((report) => report.workload === workload)
    ?.measurements.find((item) => item.connections === connections && item.label === label)
    ?.rounds.map((result) => result[figure]);
}

/** How many requests a contender answered in the first seconds, round by round. */
export function firstSecondsRounds({ firstSeconds }: Results, label: string): number[] | undefined {
  return firstSeconds?.measurements
    .find((item) => item.label === label)
    ?.rounds.map((round) => round.reduce((sum, answered) => sum + answered, 0));
}

export function startRounds(
  { start }: Results,
  kind: 'cold' | 'warm',
  label: string,
): readonly number[] | undefined {
  return start?.measurements.find((item) => item.kind === kind && item.label === label)?.rounds;
}
