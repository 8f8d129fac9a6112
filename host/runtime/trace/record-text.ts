import { formatTime } from '../../shared/format-time.ts';
import type { TraceRecord } from './trace-record.ts';

/** An operation that took longer stands out, in milliseconds. */
const slowFrom = 100;

/** A record in words, for a terminal or a page. Targets and errors are as the component gave them. */
export interface RecordText {
  /** When it began, from the request's head. */
  readonly start: string;
  readonly op: string;
  readonly target: string;
  /** What came of it: its attributes, its error, and whether it was slow. */
  readonly result: string;
  readonly time: string;
  readonly state: 'fine' | 'slow' | 'error';
}

/** @param isShort without details such as the size of a value */
export function recordText(record: TraceRecord, isShort = false): RecordText {
  const { operation, start, milliseconds, error } = record;
  const isSlow = milliseconds > slowFrom;
  return {
    start: `+${formatTime(start)}`,
    op: operation.name,
    target: targetText(record),
    result: [...results(record, isShort), ...(isSlow ? ['slow'] : [])].join(', '),
    time: formatTime(milliseconds),
    state: error !== undefined ? 'error' : isSlow ? 'slow' : 'fine',
  };
}

/** `bucket/key`, or the target alone where there is no single item. */
export function targetText({ target, item }: Pick<TraceRecord, 'target' | 'item'>): string {
  return item === undefined ? target : `${target}/${item}`;
}

/** Its attributes and its error, such as `hit, 3 B`; empty where it has neither. */
export function resultText(record: TraceRecord): string {
  return results(record, false).join(', ');
}

function results({ operation, attributes, error }: TraceRecord, isShort: boolean): string[] {
  const notes = operation.attributes.flatMap((attribute) => {
    const value = attributes[attribute.name];
    const isLeftOut = attribute.isHidden === true || (isShort && attribute.isDetail);
    return value === undefined || isLeftOut ? [] : [attribute.text(value)];
  });
  return error === undefined ? notes : [...notes, `failed: ${error}`];
}
