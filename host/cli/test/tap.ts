import type { CaseResult } from '../../terminal/case-result.ts';

/** Results as TAP 14, the Test Anything Protocol. @param comments lines about all of them */
export function tap(results: readonly CaseResult[], comments: readonly string[] = []): string {
  const lines = results.flatMap((result, index) => lineOf(result, index + 1));
  const head = ['TAP version 14', ...comments.map((text) => `# ${oneLine(text)}`)];
  return [...head, `1..${results.length}`, ...lines, ''].join('\n');
}

function lineOf({ group, name, outcome, milliseconds, reason = '' }: CaseResult, number: number): string[] {
  const verdict = outcome === 'failed' ? 'not ok' : 'ok';
  const directive = outcome === 'skipped' ? ` # SKIP ${oneLine(reason)}` : '';
  const line = `${verdict} ${number} - ${escaped(`${group} > ${name}`)}${directive}`;
  if (outcome === 'skipped') return [line];
  const details =
    outcome === 'failed' ? ['  message: |-', ...reason.split('\n').map((text) => `    ${text}`)] : [];
  return [line, '  ---', `  duration_ms: ${milliseconds.toFixed(3)}`, ...details, '  ...'];
}

/** A hash would begin a directive. */
function escaped(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
