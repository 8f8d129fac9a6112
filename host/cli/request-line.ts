import { styleText } from 'node:util';
import type { RequestReport } from '../front/request-report.ts';
import type { Operation } from '../wasi/keyvalue/operation.ts';

/** How many operations a request's line names before it only counts them. */
const mostOperations = 4;

/** One line: method, path, status, time, and the keyvalue operations with theirs. */
export function requestLine({
  method,
  path,
  status,
  milliseconds,
  operations,
  failure,
  trap,
}: RequestReport): string {
  const parts = [
    styleText('bold', method.padEnd(4)),
    printable(path),
    styleText(colorOf(status), status === 0 ? '---' : String(status)),
    formatTime(milliseconds),
  ];
  if (operations.length > 0) parts.push(styleText('dim', summary(operations)));
  if (failure !== undefined && trap === undefined) parts.push(styleText('yellow', `(${printable(failure)})`));
  return parts.join('  ');
}

/** The lines that explain a trap: the component, the reason, the wasm frames. */
export function trapLines(name: string, { trap }: RequestReport): string[] {
  if (trap === undefined) return [];
  return [
    styleText('red', `${name} trapped: ${printable(trap.reason)}`),
    ...trap.backtrace.map((frame) => `    at ${printable(frame)}`),
    ...(trap.hostStack === undefined ? [] : [`  in the host: ${trap.hostStack}`]),
  ];
}

function summary(operations: readonly Operation[]): string {
  const shown = operations.slice(0, mostOperations).map(formatOperation);
  const rest = operations.length - shown.length;
  if (rest > 0) shown.push(`and ${rest} more`);
  return shown.join(', ');
}

function formatOperation({ op, bucket, key, hit, count, error, milliseconds }: Operation): string {
  const target = key === undefined ? bucket : `${bucket}/${key}`;
  const notes = [
    hit === undefined ? undefined : hitText(op, hit),
    count === undefined ? undefined : `${count} keys`,
    error === undefined ? undefined : `failed: ${error}`,
  ].filter((note) => note !== undefined);
  return [op, printable(target), ...notes.map(printable), formatTime(milliseconds)].join(' ');
}

function hitText(op: string, hit: boolean): string {
  if (op === 'swap') return hit ? 'swapped' : 'stale';
  return hit ? 'hit' : 'miss';
}

function formatTime(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(2)} ms` : `${Math.round(milliseconds)} ms`;
}

function colorOf(status: number): 'green' | 'yellow' | 'red' {
  if (status === 0 || status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}

/** What comes from outside must not move the cursor or change colors. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
