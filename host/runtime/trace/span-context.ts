import { randomFillSync } from 'node:crypto';
import type { Sampling } from './sampling.ts';

/** What tells a span from all others, as W3C Trace Context has it. */
export interface SpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
  /** What other systems have to say of the trace, as `tracestate` has it; may be empty. */
  readonly state: string;
}

/** The span of a call: a request, a message or a run. */
export interface CallSpan extends SpanContext {
  /** The span that it belongs to; absent where the trace begins with it. */
  readonly parentId?: string;
  /** When the component was called, in milliseconds since 1970. */
  readonly began: number;
}

/** What a caller says of the trace that its call belongs to: the headers of W3C Trace Context. */
export interface Propagated {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

const pattern = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** A longer one is left out, as the standard allows. */
const longestState = 512;
const noTraceId = '0'.repeat(32);
const noSpanId = '0'.repeat(16);
/** How many of a trace's last digits decide whether it is recorded: a number of JavaScript holds as many exactly. */
const decisiveDigits = 13;

/** Whether it is the id of a trace. */
export function isTraceId(text: string): boolean {
  return /^[\da-f]{32}$/.test(text) && text !== noTraceId;
}

/** Whether it is the id of a span. */
export function isSpanId(text: string): boolean {
  return /^[\da-f]{16}$/.test(text) && text !== noSpanId;
}

/** Undefined where that is no `traceparent`. Source: W3C Trace Context, 3.2. */
export function parsedSpan({ traceparent, tracestate }: Propagated): SpanContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    pattern.exec(traceparent?.trim() ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (traceId === noTraceId || spanId === noSpanId) return undefined;
  const state = tracestate === undefined || tracestate.length > longestState ? '' : tracestate.trim();
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1, state };
}

/** What a call that belongs to the span says of that in its header `traceparent`. */
export function traceparentOf({ traceId, spanId, isSampled }: SpanContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** The span of a call that begins now. */
export function newCallSpan(
  propagated: Propagated | undefined,
  { ratio, followsParent }: Sampling,
): CallSpan {
  const parent = propagated === undefined ? undefined : parsedSpan(propagated);
  const began = performance.timeOrigin + performance.now();
  const traceId = parent?.traceId ?? randomId(16);
  const chance = Number.parseInt(traceId.slice(-decisiveDigits), 16) / 16 ** decisiveDigits;
  const isSampled = parent !== undefined && followsParent ? parent.isSampled : chance < ratio;
  const own = { traceId, spanId: randomId(8), isSampled, state: parent?.state ?? '', began };
  return parent === undefined ? own : { ...own, parentId: parent.spanId };
}

/** A span that belongs to that one. */
export function childOf({ traceId, isSampled, state }: SpanContext): SpanContext {
  return { traceId, spanId: randomId(8), isSampled, state };
}

const pool = Buffer.alloc(4096);
let used = pool.length;

/** Random bytes as hexadecimal digits, not all zero. */
export function randomId(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const text = pool.toString('hex', used, used + bytes);
  used += bytes;
  return /^0+$/.test(text) ? randomId(bytes) : text;
}
