import type { Operation } from './operation.ts';

/** An operation that took longer stands out, in milliseconds. */
const slowFrom = 100;

/** An operation in words, for a terminal or a page. Keys and errors are as the component gave them. */
export interface OperationText {
  /** When it began, from the request's head. */
  readonly start: string;
  readonly op: string;
  /** The bucket, and the key where there is one. */
  readonly target: string;
  /** Hit or miss, size, count, error. */
  readonly result: string;
  readonly time: string;
  readonly state: 'fine' | 'slow' | 'error';
}

export function describeOperation(operation: Operation): OperationText {
  const { op, bucket, key, hit, count, size, error, start, milliseconds } = operation;
  const isSlow = milliseconds > slowFrom;
  const notes = [
    hit === undefined ? undefined : hitText(op, hit),
    size === undefined ? undefined : formatSize(size),
    count === undefined ? undefined : `${count} ${count === 1 ? 'key' : 'keys'}`,
    error === undefined ? undefined : `failed: ${error}`,
    isSlow ? 'slow' : undefined,
  ];
  return {
    start: `+${formatTime(start)}`,
    op,
    target: key === undefined ? bucket : `${bucket}/${key}`,
    result: notes.filter((note) => note !== undefined).join(', '),
    time: formatTime(milliseconds),
    state: error !== undefined ? 'error' : isSlow ? 'slow' : 'fine',
  };
}

export function formatTime(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(2)} ms` : `${Math.round(milliseconds)} ms`;
}

function hitText(op: string, hit: boolean): string {
  if (op === 'swap') return hit ? 'swapped' : 'stale';
  return hit ? 'hit' : 'miss';
}

function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
