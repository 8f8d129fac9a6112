import type { AnyValue, LogAttributes } from '@opentelemetry/api-logs';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { LogRecord } from '../../../interfaces/otel/wit-types.ts';
import { isSpanId, isTraceId } from '../../../runtime/trace/span-context.ts';
import type { GuestLogLevel } from '../../../runtime/worker/guest-log.ts';
import type { ToldLog } from '../messages.ts';
import { hostScope } from './call-spans.ts';
import { scopeOf } from './guest-spans.ts';
import { otelContext } from './otel-context.ts';
import { guestAttributes, guestTime, guestValue, hrTime } from './values.ts';

/** Severities by OpenTelemetry's numbers. */
const severities: Readonly<Record<GuestLogLevel, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  critical: 21,
};
const gravest = 24;
const guestScope = { name: 'wasi:logging' };

/** What the host said, or a component through `wasi:logging`. */
export function toldRecord(log: ToldLog, resource: Resource): ReadableLogRecord {
  const { time, level, message, context = '', request, span } = log;
  const attributes: LogAttributes = {
    ...(context === '' ? {} : { context }),
    ...(request === undefined ? {} : { 'kvasi.request': request }),
  };
  return {
    hrTime: hrTime(time),
    hrTimeObserved: hrTime(time),
    ...(span === undefined ? {} : { spanContext: otelContext(span) }),
    severityText: level,
    severityNumber: severities[level],
    body: message,
    resource,
    instrumentationScope: request === undefined ? hostScope : guestScope,
    attributes,
    droppedAttributesCount: 0,
  };
}

/** What a component says through `wasi:otel`. @param resource where it names none of its own */
export function guestRecord(
  record: LogRecord,
  resource: Resource,
  resourceOf: (given: NonNullable<LogRecord['resource']>) => Resource,
): ReadableLogRecord {
  const { timestamp, observedTimestamp, severityText, severityNumber, body, eventName, traceId, spanId } =
    record;
  const { attributes, dropped } = guestAttributes(record.attributes ?? []);
  const now = hrTime(Date.now());
  const isInTrace = traceId !== undefined && spanId !== undefined && isTraceId(traceId) && isSpanId(spanId);
  return {
    hrTime: timestamp === undefined ? now : guestTime(timestamp),
    hrTimeObserved: observedTimestamp === undefined ? now : guestTime(observedTimestamp),
    ...(isInTrace
      ? { spanContext: { traceId, spanId, traceFlags: record.traceFlags?.sampled === true ? 1 : 0 } }
      : {}),
    ...(severityText === undefined ? {} : { severityText }),
    ...(severityNumber === undefined ? {} : { severityNumber: Math.min(severityNumber, gravest) }),
    // Some receivers refuse a body that is nothing.
    body: body === undefined ? '' : (guestValue(body) as AnyValue),
    ...(eventName === undefined ? {} : { eventName }),
    resource: record.resource === undefined ? resource : resourceOf(record.resource),
    instrumentationScope:
      record.instrumentationScope === undefined
        ? { name: 'wasi:otel' }
        : scopeOf(record.instrumentationScope),
    attributes: attributes as LogAttributes,
    droppedAttributesCount: dropped,
  };
}
