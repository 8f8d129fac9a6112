import type { HostOperation } from '../../composition/request-event.ts';
import { areInterfacesLoaded } from '../../interfaces/index.ts';
import { tracedOperations } from '../../interfaces/traced-operations.ts';
import { recordOf } from '../../runtime/trace/record-fields.ts';
import { recordText } from '../../runtime/trace/record-text.ts';
import { formatTime } from '../../shared/format-time.ts';
import { printable, shortened } from '../../shared/printable.ts';
import type { HostRequest } from './request-record.ts';

/** How many operations are shown of a request; the last ones led to what came of it. */
const lastOperations = 10;
/** How many of the lines that a component printed are shown, of each stream. */
const lastLines = 20;
/** A longer line, or reason, is cut; characters. */
const longestLine = 2000;

/** `GET /path`, as it is shown. */
export function requestName({ method, path }: Pick<HostRequest, 'method' | 'path'>): string {
  return method === '' ? 'a request that was not understood' : shown(`${method} ${path}`, 256);
}

/** What is known of a request: its answer, why it failed and where, what it printed and what it did with its buckets. */
export function requestText(request: HostRequest): string {
  const { status, milliseconds, reason } = request;
  const answer = status === 0 ? 'no answer' : String(status);
  const why = reason === undefined ? '' : `  (${shown(reason)})`;
  const head = `${requestName(request)}  ${answer}  ${formatTime(milliseconds)}${why}`;
  return [head, ...detailLines(request)].join('\n');
}

/** Which request failed and why, with all that is known of it: the same text each time that it fails like that. */
export function failureText(request: HostRequest): string {
  const { reason } = request;
  const head = `${requestName(request)}${reason === undefined ? '' : `: ${shown(reason)}`}`;
  return [head, ...detailLines(request)].join('\n');
}

/** One line: the operation, what it was done to, and what came of it. */
export function operationText(operation: HostOperation): string {
  const { request: _, ...fields } = operation;
  // Whoever has made one up may have named anything, and needs no host.
  const record = areInterfacesLoaded() ? recordOf(fields, tracedOperations()) : undefined;
  if (record === undefined) return shown(operation.op);
  const { op, target, result } = recordText(record);
  return [op, shown(target, 256), shown(result, 256)].filter((word) => word !== '').join(' ');
}

function detailLines(request: HostRequest): string[] {
  const { backtrace, hostStack, stdout, stderr, operations, omittedOperations } = request;
  return [
    ...backtrace.map((frame) => `    at ${shown(frame)}`),
    ...(hostStack === undefined ? [] : [`  in the host: ${hostStack}`]),
    ...listed('it printed to stdout', stdout, lastLines, (line) => shown(line)),
    ...listed('it printed to stderr', stderr, lastLines, (line) => shown(line)),
    ...listed('its operations', operations, lastOperations, operationText, omittedOperations),
  ];
}

/** The last of some things, indented, below what they are. */
function listed<T>(
  title: string,
  all: readonly T[],
  most: number,
  text: (one: T) => string,
  omitted = 0,
): string[] {
  if (all.length === 0) return [];
  const count = all.length + omitted;
  const head = count > most ? `  ${title}, the last ${most} of ${count}:` : `  ${title}:`;
  return [head, ...all.slice(-most).map((one) => `    ${text(one)}`)];
}

function shown(text: string, most = longestLine): string {
  return printable(shortened(text, most));
}
