import { styleText } from 'node:util';
import { describeOperation, formatTime } from '../front/describe-operation.ts';
import type { RequestReport } from '../front/request-report.ts';
import { type Operation, unpackOperations } from '../wasi/keyvalue/operation.ts';
import { printable } from './printable.ts';
import { operationColor, timelineLines } from './timeline.ts';

/** How many operations a request's line names before it only counts them. */
const mostOperations = 4;
/** How many operations are shown of a request that trapped; the last ones led to it. */
const lastOperations = 5;

/** One line: method, path, status, time, and the keyvalue operations with theirs; or these on lines of their own. */
export function requestLines(report: RequestReport, isVerbose: boolean): string[] {
  const { method, path, status, milliseconds, failure, trap } = report;
  const operations = unpackOperations(report.operations);
  const parts = [
    styleText('bold', method.padEnd(4)),
    printable(path),
    styleText(colorOf(status), status === 0 ? '---' : String(status)),
    formatTime(milliseconds),
  ];
  if (operations.length > 0 && !isVerbose) parts.push(summary(operations, report.operations.omitted));
  if (failure !== undefined && trap === undefined) parts.push(styleText('yellow', `(${printable(failure)})`));
  return [parts.join('  '), ...(isVerbose ? timelineLines(operations) : [])];
}

/** The lines that explain a trap: the component, the reason, the request, the wasm frames, the last operations. */
export function trapLines(name: string, { trap, method, path, operations }: RequestReport): string[] {
  if (trap === undefined) return [];
  const last = unpackOperations(operations).slice(-lastOperations);
  return [
    styleText('red', `${name} trapped: ${printable(trap.reason)}`),
    ...trap.backtrace.map((frame) => `    at ${printable(frame)}`),
    ...(trap.hostStack === undefined ? [] : [`  in the host: ${trap.hostStack}`]),
    `  while it answered ${printable(`${method} ${path}`)}${last.length > 0 ? ', after' : ''}`,
    ...timelineLines(last),
  ];
}

function summary(operations: readonly Operation[], omitted: number): string {
  const shown = operations.slice(0, mostOperations).map(formatOperation);
  const rest = operations.length - shown.length + omitted;
  if (rest > 0) shown.push(styleText('dim', `and ${rest} more`));
  return shown.join(styleText('dim', ', '));
}

function formatOperation(operation: Operation): string {
  const { size: _, ...shown } = operation;
  const { op, target, result, time, state } = describeOperation(shown);
  const words = [op, printable(target), printable(result), time].filter((word) => word !== '');
  return styleText(operationColor[state], words.join(' '));
}

function colorOf(status: number): 'green' | 'yellow' | 'red' {
  if (status === 0 || status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}
