import { failureOf, type ScheduleReport } from '../../composition/schedule-report.ts';
import { recordsOf } from '../../interfaces/traced-operations.ts';
import { whyFailed } from '../../runtime/outcome.ts';
import type { PackedTrace } from '../../runtime/trace/packed-trace.ts';
import { recordText } from '../../runtime/trace/record-text.ts';
import type { TraceRecord } from '../../runtime/trace/trace-record.ts';
import { formatTime } from '../../shared/format-time.ts';
import { printable, shortened } from '../../shared/printable.ts';
import { styled } from '../../terminal/styled.ts';
import type { RequestReport } from '../../triggers/http/request-report.ts';
import type { ChangeReport } from '../../triggers/keyvalue-watch/change-report.ts';
import { type DeliveryReport, whyNotHandled } from '../../triggers/messaging/delivery-report.ts';
import { operationColor, timelineLines } from './timeline.ts';

/** A trap's reason, which may be a message of the component's own, is cut here, in characters. */
const longestReason = 2000;
/** How many operations a request's line names before it only counts them. */
const mostOperations = 4;
/** How many operations are shown of a request that trapped; the last ones led to it. */
const lastOperations = 5;

/** One line: method, path, status, time, and what the component did with theirs; or these on lines of their own. */
export function requestLines(report: RequestReport, isVerbose: boolean): string[] {
  const { method, path, status, milliseconds, failure, trap, authority = '' } = report;
  const operations = doneBy(report.operations);
  const parts = [
    styled('bold', method.padEnd(4)),
    shown(`${authority}${path}`),
    styled(colorOf(status), status === 0 ? '---' : String(status)),
    formatTime(milliseconds),
  ];
  if (operations.length > 0 && !isVerbose) parts.push(summary(operations, report.operations.omitted));
  if (failure !== undefined && trap === undefined) parts.push(styled('yellow', `(${shown(failure)})`));
  return [parts.join('  '), ...(isVerbose ? timelineLines(operations) : [])];
}

/** The same of a scheduled run. */
export function scheduleLines(report: ScheduleReport, isVerbose: boolean): string[] {
  return endedLines('cron', shown(report.schedule), report, failureOf(report), isVerbose);
}

/** The same of a message that was handled, or was not. */
export function messageLines(report: DeliveryReport, isVerbose: boolean): string[] {
  const what = `${shown(report.subject)} → ${shown(report.component)}`;
  return endedLines('msg ', what, report, whyNotHandled(report), isVerbose);
}

/** The same of a change that a component was told. */
export function changeLines(report: ChangeReport, isVerbose: boolean): string[] {
  const what = `${report.change} ${shown(report.bucket)} ${shown(report.key)} → ${shown(report.component)}`;
  return endedLines('key ', what, report, whyFailed(report), isVerbose);
}

function endedLines(
  kind: string,
  what: string,
  report: DeliveryReport | ChangeReport | ScheduleReport,
  reason: string | undefined,
  isVerbose: boolean,
): string[] {
  const { milliseconds, trap } = report;
  const operations = doneBy(report.operations);
  const parts = [
    styled('bold', kind),
    what,
    reason === undefined ? styled('green', 'ok') : styled('red', 'failed'),
    formatTime(milliseconds),
  ];
  if (operations.length > 0 && !isVerbose) parts.push(summary(operations, report.operations.omitted));
  if (reason !== undefined) parts.push(styled('yellow', `(${shown(reason, longestReason)})`));
  const frames = trap?.backtrace.map((frame) => `    at ${shown(frame)}`) ?? [];
  const host = trap?.hostStack === undefined ? [] : [`  in the host: ${trap.hostStack}`];
  return [parts.join('  '), ...frames, ...host, ...(isVerbose ? timelineLines(operations) : [])];
}

/** The lines that explain a trap: the component, the reason, the request, the wasm frames, the last operations. */
export function trapLines(
  name: string,
  { trap, method, path, operations, component = name }: RequestReport,
): string[] {
  if (trap === undefined) return [];
  const last = doneBy(operations).slice(-lastOperations);
  return [
    styled('red', `${component} trapped: ${shown(trap.reason, longestReason)}`),
    ...trap.backtrace.map((frame) => `    at ${shown(frame)}`),
    ...(trap.hostStack === undefined ? [] : [`  in the host: ${trap.hostStack}`]),
    `  while it answered ${shown(`${method} ${path}`)}${last.length > 0 ? ', after' : ''}`,
    ...timelineLines(last),
  ];
}

/** What a component did; what it told has been shown. */
function doneBy(trace: PackedTrace): TraceRecord[] {
  return recordsOf(trace).filter(({ operation }) => operation.effect !== 'tell');
}

function summary(operations: readonly TraceRecord[], omitted: number): string {
  const shown = operations.slice(0, mostOperations).map(formatOperation);
  const rest = operations.length - shown.length + omitted;
  if (rest > 0) shown.push(styled('dim', `and ${rest} more`));
  return shown.join(styled('dim', ', '));
}

function formatOperation(record: TraceRecord): string {
  const { op, target, result, time, state } = recordText(record, true);
  const words = [op, shown(target), shown(result), time].filter((word) => word !== '');
  return styled(operationColor[state], words.join(' '));
}

/** What comes from outside, within a line: nothing of it is obeyed, and a megabyte of it is not shown. */
function shown(text: string, most?: number): string {
  return printable(shortened(text, most));
}

function colorOf(status: number): 'green' | 'yellow' | 'red' {
  if (status === 0 || status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}
