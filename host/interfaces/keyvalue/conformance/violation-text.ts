import { type Operation, operationText } from './history.ts';
import type { Violation } from './linearizability.ts';

/** Columns of a drawn timeline. */
const width = 48;

/** A violation as lines to read: what each client asked, was told, and when. */
export function timeline({ key, before, operations, culprit }: Violation): string {
  const first = Math.min(...operations.map(({ begun }) => begun));
  const last = culprit.ended ?? first;
  const column = (time: number): number =>
    Math.round((Math.min(time - first, last - first) / Math.max(1, last - first)) * (width - 1));
  const draw = ({ begun, ended }: Operation): string => {
    const from = column(begun);
    const to = column(ended ?? last);
    const end = ended === undefined ? '…' : to > from ? '┤' : '';
    return `${' '.repeat(from)}├${'─'.repeat(Math.max(0, to - from - 1))}${end}`.padEnd(width);
  };
  const texts = operations.map(operationText);
  const longest = Math.max(...texts.map((text) => text.length));
  const held = before.map((value) => (value === null ? 'no value' : JSON.stringify(value))).join(' or ');
  return [
    `key ${JSON.stringify(key)}, which held ${held}: no order of these operations explains the marked answer`,
    ...operations.map((operation, index) => {
      const mark = operation.id === culprit.id ? '  ← this one' : '';
      const line = `  ${operation.id.padEnd(8)} ${(texts[index] ?? '').padEnd(longest)}  ${draw(operation)}`;
      return line.trimEnd() + mark;
    }),
    `  (${Math.round((last - first) / 1000)} µs from left to right)`,
  ].join('\n');
}
