import type { LogRecord, ResourceMetrics, SpanData } from './wit-types.ts';

/** Something that a component tells through `wasi:otel`, as it has said it: nothing of it has been checked. */
export type GuestSignal =
  | { readonly type: 'guest-span'; readonly span: SpanData }
  | { readonly type: 'guest-log'; readonly record: LogRecord }
  | { readonly type: 'guest-metrics'; readonly metrics: ResourceMetrics };

/** One thing may have so much of text, numbers and parts, in bytes as far as they can be reckoned. */
export const mostOfOne: Readonly<Record<GuestSignal['type'], number>> = {
  'guest-span': 64 * 1024,
  'guest-log': 64 * 1024,
  'guest-metrics': 256 * 1024,
};
/** So much may be on its way from one worker to whoever sends it; what a component tells beyond that is left out. */
export const mostUntaken = 2 * 1024 * 1024;

/** How much of memory it takes, as far as that can be reckoned; more than `mostOfOne` of it where that is reached. */
export function sizeOfSignal(signal: GuestSignal): number {
  const most = mostOfOne[signal.type];
  let size = 0;
  const add = (value: unknown): void => {
    if (size > most) return;
    size += 16;
    if (typeof value === 'string') size += value.length * 2;
    else if (typeof value === 'object' && value !== null) {
      for (const part of ArrayBuffer.isView(value) ? [] : Object.values(value)) add(part);
      if (ArrayBuffer.isView(value)) size += value.byteLength;
    }
  };
  add(signal);
  return size;
}
