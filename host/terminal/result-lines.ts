import type { CaseResult } from './case-result.ts';
import { styled } from './styled.ts';

/** Each failure with all that is known of it. */
export function failureLines(results: readonly CaseResult[]): string[] {
  return results
    .filter(({ outcome }) => outcome === 'failed')
    .flatMap(({ group, name, reason = '' }) => [
      styled('red', `FAILED ${group} > ${name}`),
      ...reason.split('\n').map((line) => `  ${line}`.trimEnd()),
      '',
    ]);
}

/** Why what was skipped was skipped, a line for each reason; with an empty line behind them. */
export function skipLines(results: readonly CaseResult[]): string[] {
  const skipped = results.filter(({ outcome }) => outcome === 'skipped');
  const reasons = Map.groupBy(skipped, ({ reason = '' }) => reason);
  const lines = [...reasons].map(([reason, cases]) => `${cases.length} skipped: ${reason}`);
  return lines.length > 0 ? [...lines, ''] : [];
}
