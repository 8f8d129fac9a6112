import { recordText } from '../../runtime/trace/record-text.ts';
import type { TraceRecord } from '../../runtime/trace/trace-record.ts';
import { printable, shortened } from '../../shared/printable.ts';
import { widest } from '../../shared/widest.ts';
import { styled } from '../../terminal/styled.ts';

export const operationColor = { fine: 'dim', slow: 'yellow', error: 'red' } as const;
/** What stands out must do so without colors, too. */
const marks = { fine: ' ', slow: '!', error: '!' } as const;
/** Longer targets and results do not widen their column for the others. */
const most = 40;

/** A line for each record: when it began, what was done to what, with which result, and how long it took. */
export function timelineLines(records: readonly TraceRecord[]): string[] {
  const rows = records
    .map((record) => recordText(record))
    .map(({ target, result, ...rest }) => ({
      ...rest,
      target: printable(shortened(target)),
      result: printable(shortened(result)),
    }));
  const width = (texts: readonly string[]): number => Math.min(most, widest(texts));
  const starts = width(rows.map(({ start }) => start));
  const ops = width(rows.map(({ op }) => op));
  const targets = width(rows.map(({ target }) => target));
  const results = width(rows.map(({ result }) => result));
  return rows.map(({ start, op, target, result, time, state }) => {
    const columns = [start.padStart(starts), op.padEnd(ops), target.padEnd(targets), result.padEnd(results)];
    return styled(operationColor[state], `  ${marks[state]} ${columns.join('  ')}  ${time}`);
  });
}
