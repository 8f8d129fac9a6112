import { widest } from '../../shared/widest.ts';
import type { CaseResult } from '../../terminal/case-result.ts';
import { totalLine } from '../../terminal/result-counts.ts';
import { failureLines, skipLines } from '../../terminal/result-lines.ts';
import { styled } from '../../terminal/styled.ts';
import type { ScenarioResult } from '../../testing/scenarios/result.ts';

const words = { passed: 'passed', failed: 'FAILED', skipped: 'skipped' };
const colors = { passed: 'green', failed: 'red', skipped: 'yellow' } as const;

/**
 * Scenarios × backends for each file, then each failure in full, and the sums.
 * @param servers which ones they ran against, by backend
 */
export function matrixReport(
  results: readonly ScenarioResult[],
  servers: ReadonlyMap<string, string> = new Map(),
): string[] {
  const backends = [...new Set(results.map(({ backend }) => backend))];
  const files = Map.groupBy(results, ({ file }) => file);
  const names = [...files.keys(), ...results.map(({ name }) => `  ${name}`)];
  const width = widest(names);
  const cells = results.map(asResult);
  return [
    ...[...files].flatMap(([file, ofFile]) => [...table(file, ofFile, backends, width), '']),
    ...(servers.size === 0 ? [] : [...[...servers].map(([name, server]) => `${name}: ${server}`), '']),
    ...failureLines(joined(results)),
    ...skipLines(cells),
    totalLine(cells),
  ];
}

/** A result as the reports of all suites have it: the backend belongs to its group. */
export function asResult({ file, backend, ...result }: ScenarioResult): CaseResult {
  return { ...result, group: `${file} on ${backend}` };
}

/** What fails alike on several backends is told once. */
function joined(results: readonly ScenarioResult[]): CaseResult[] {
  const alike = Map.groupBy(results, ({ file, name, outcome, reason }) =>
    JSON.stringify([file, name, outcome, reason]),
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const backends = group.map(({ backend }) => backend).join(', ');
    return [{ ...asResult(first), group: `${first.file} on ${backends}` }];
  });
}

function table(
  file: string,
  results: readonly ScenarioResult[],
  backends: readonly string[],
  width: number,
): string[] {
  const scenarios = Map.groupBy(results, ({ name }) => name);
  const head = backends.map((backend) => backend.padEnd(columnWidth(backend))).join('  ');
  return [
    `${styled('bold', file.padEnd(width))}  ${head}`.trimEnd(),
    ...[...scenarios].map(([name, cells]) => {
      const line = backends.map((backend) =>
        cell(
          cells.find((one) => one.backend === backend),
          backend,
        ),
      );
      return `${`  ${name}`.padEnd(width)}  ${line.join('  ')}`.trimEnd();
    }),
  ];
}

function cell(result: ScenarioResult | undefined, backend: string): string {
  const width = columnWidth(backend);
  if (result === undefined) return ''.padEnd(width);
  return (
    styled(colors[result.outcome], words[result.outcome]) + ' '.repeat(width - words[result.outcome].length)
  );
}

function columnWidth(backend: string): number {
  return Math.max(backend.length, words.skipped.length);
}
