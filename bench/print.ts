import type { FirstSecondsReport } from './measure-first-seconds.ts';
import type { KeysReport } from './measure-keys.ts';
import type { LoadMeasurement, LoadReport } from './measure-load.ts';
import type { MemoryReport } from './measure-memory.ts';
import type { MessagesReport } from './measure-messages.ts';
import type { StartMeasurement, StartReport } from './measure-start.ts';
import type { Results } from './results.ts';
import { ratioSpread, type Spread, spread } from './statistics.ts';
import { figure, table } from './table.ts';
import { isMet, targets } from './targets.ts';

export function loadText({ title, measurements, missing }: LoadReport): string {
  const rows = measurements.map((item) => {
    const rates = item.rounds.map(({ requestsPerSecond }) => requestsPerSecond);
    const errors = item.rounds.reduce((sum, round) => sum + round.errors, 0);
    return [
      item.label,
      String(item.connections),
      figure(spread(rates).median),
      figure(spread(item.rounds.map(({ latency }) => latency)).median),
      figure(spread(item.rounds.map(({ latency99 }) => latency99)).median),
      ...ratioCells(rates, baselineOf(item, measurements)),
      errors === 0 ? '' : `${errors} errors`,
    ];
  });
  const first = measurements[0]?.label ?? '';
  const head = ['', 'connections', 'requests/s', 'ms', 'ms p99', `× ${first}`, 'min–max', ''];
  return [title, ...(rows.length > 0 ? [table(head, rows)] : []), ...missing.map((text) => `  ${text}`)].join(
    '\n',
  );
}

function baselineOf({ connections }: LoadMeasurement, all: readonly LoadMeasurement[]): number[] {
  const baseline = all.find((item) => item.connections === connections);
  return baseline?.rounds.map(({ requestsPerSecond }) => requestsPerSecond) ?? [];
}

export function startText({ measurements }: StartReport): string {
  const baseline = measurements[0]?.rounds ?? [];
  const rows = measurements.map(({ label, kind, rounds }: StartMeasurement) => [
    label,
    kind,
    figure(spread(rounds).median),
    ...ratioCells(rounds, baseline),
  ]);
  const head = ['', '', 'ms', `× ${measurements[0]?.label ?? ''}`, 'min–max'];
  return ['start of the process to its first answer', table(head, rows, 2)].join('\n');
}

export function firstSecondsText({ measurements }: FirstSecondsReport): string {
  const rows = measurements.map(({ label, rounds }) => [
    label,
    ...(rounds[0] ?? []).map((_, second) =>
      figure(spread(rounds.map((round) => round[second] ?? Number.NaN)).median),
    ),
  ]);
  const head = ['', ...(measurements[0]?.rounds[0] ?? []).map((_, second) => `second ${second + 1}`)];
  return [
    'requests in the first seconds after a start, Redis 20 ms away, 256 connections',
    table(head, rows),
  ].join('\n');
}

export function memoryText({ measurements, requests, instances }: MemoryReport): string {
  const [few, many] = requests;
  const mebibytes = (bytes: number | undefined): string =>
    bytes === undefined ? '–' : figure(bytes / 1024 / 1024);
  const rows = measurements.map(({ label, idle, perInstance, afterFew, afterMany, requests: reached }) => [
    label,
    mebibytes(idle),
    mebibytes(perInstance),
    mebibytes(afterFew),
    mebibytes(afterMany),
    reached === many ? '' : `after ${reached.toLocaleString('en')} only: it takes too long`,
  ]);
  const after = (count: number): string => `after ${count.toLocaleString('en')}`;
  const head = ['', 'idle', `each of ${instances}`, after(few), after(many), ''];
  return ['resident memory in MiB; an instance that waits; after so many requests', table(head, rows)].join(
    '\n',
  );
}

export function keysText({ keys, measurements }: KeysReport): string {
  const rows = measurements.map(({ label, empty, full }) => [label, figure(empty / 1e6), figure(full / 1e6)]);
  const head = ['', 'empty', `${keys.toLocaleString('en')} keys`];
  return ['resident memory in MB, by the number of keys in memory', table(head, rows)].join('\n');
}

export function messagesText({ messages, requests }: MessagesReport): string {
  const rows = [
    ['requests', figure(spread(requests).median), '', ''],
    ['messages', figure(spread(messages).median), ...ratioCells(messages, requests)],
  ];
  const head = ['', 'per second', '× requests', 'min–max'];
  return ['messages handled, and requests answered, each with one kv GET in memory', table(head, rows)].join(
    '\n',
  );
}

export function targetText(results: Results): string {
  const rows = targets.map((target) => {
    const measured = target.measured(results);
    return [
      target.title,
      measured === undefined ? '–' : figure(measured.median),
      measured === undefined ? '' : range(measured),
      `${target.bound} ${figure(target.value)}`,
      measured === undefined ? 'not measured' : isMet(target, measured) ? 'met' : 'MISSED',
    ];
  });
  return ['targets', table(['', 'measured', 'min–max', 'target', ''], rows)].join('\n');
}

function ratioCells(values: readonly number[], baseline: readonly number[]): [string, string] {
  const ratios = ratioSpread(values, baseline);
  return [figure(ratios.median), range(ratios)];
}

function range({ min, max }: Spread): string {
  return `${figure(min)}–${figure(max)}`;
}
