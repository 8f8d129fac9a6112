import type { HostImports } from '../../engine/link/host-imports.ts';
import type { GuestTrace } from '../../runtime/worker/guest.ts';
import type { OtelWorker } from './otel-worker.ts';
import type { LogRecord, ResourceMetrics, SpanData, WitSpanContext } from './wit-types.ts';

/** The context of no span; nothing that belongs to it is sampled. */
const noSpan: WitSpanContext = {
  traceId: '0'.repeat(32),
  spanId: '0'.repeat(16),
  traceFlags: { sampled: false },
  isRemote: false,
  traceState: [],
};

/** The imports of `wasi:otel` 0.2.0-rc.2 for one guest. */
export function otel(trace: GuestTrace, worker: OtelWorker): HostImports {
  return {
    'wasi:otel/tracing': {
      // The end says all that the beginning could.
      onStart(): void {},
      onEnd(span: SpanData): void {
        if (span.spanContext.traceFlags.sampled === true) worker.tell({ type: 'guest-span', span });
      },
      outerSpanContext: (): WitSpanContext => contextOf(trace),
    },
    'wasi:otel/logs': {
      onEmit: (record: LogRecord): void => void worker.tell({ type: 'guest-log', record }),
    },
    'wasi:otel/metrics': {
      export(metrics: ResourceMetrics): void {
        const problem = worker.tell({ type: 'guest-metrics', metrics });
        if (problem !== undefined) throw { payload: `the metrics are not sent: ${problem}` };
      },
    },
    'wasi:otel/types': {},
  };
}

/** Of the span of the request that the guest serves. */
function contextOf({ span }: GuestTrace): WitSpanContext {
  if (span === undefined) return noSpan;
  const { traceId, spanId, isSampled, state } = span;
  const pairs = state.split(',').flatMap((entry): [string, string][] => {
    const [, key, value] = /^\s*([^=\s]+)=(.*?)\s*$/s.exec(entry) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
  return { traceId, spanId, traceFlags: { sampled: isSampled }, isRemote: false, traceState: pairs };
}
