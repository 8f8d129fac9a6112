import type { SpanContext as OtelSpanContext, TraceState } from '@opentelemetry/api';
import type { SpanContext } from '../../../runtime/trace/span-context.ts';

/** A context as OpenTelemetry's libraries have it. */
export function otelContext({ traceId, spanId, isSampled, state }: SpanContext): OtelSpanContext {
  const own = { traceId, spanId, traceFlags: isSampled ? 1 : 0 };
  return state === '' ? own : { ...own, traceState: stateOf(state) };
}

/** The state of a trace, which is passed on and not changed. */
function stateOf(text: string): TraceState {
  const state: TraceState = {
    set: () => state,
    unset: () => state,
    get: () => undefined,
    serialize: () => text,
  };
  return state;
}
