import type { Link } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { InstrumentationScope, SpanData, WitSpanContext } from '../../../interfaces/otel/wit-types.ts';
import { isSpanId, isTraceId } from '../../../runtime/trace/span-context.ts';
import { otelContext } from './otel-context.ts';
import { between, guestAttributes, guestTime } from './values.ts';

/** How many events, and how many links, of one span are passed on. */
const mostParts = 128;
const longestState = 512;

/** OpenTelemetry's numbers. */
const kinds = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const;
const statuses = { unset: 0, ok: 1, error: 2 } as const;

/** A span that a guest tells; undefined where it has no ids by which others could be told from it. */
export function guestSpan(data: SpanData, resource: Resource): ReadableSpan | undefined {
  const context = guestContext(data.spanContext);
  if (context === undefined) return undefined;
  const startTime = guestTime(data.startTime);
  const endTime = guestTime(data.endTime);
  const { attributes, dropped } = guestAttributes(data.attributes);
  const events = data.events.slice(0, mostParts);
  const links = data.links.slice(0, mostParts).flatMap(linkOf);
  return {
    name: data.name === '' ? 'unnamed' : data.name,
    kind: kinds[data.spanKind],
    spanContext: () => context,
    ...(isSpanId(data.parentSpanId) ? { parentSpanContext: { ...context, spanId: data.parentSpanId } } : {}),
    startTime,
    endTime,
    duration: between(startTime, endTime),
    ended: true,
    status:
      data.status.tag === 'error'
        ? { code: statuses.error, message: data.status.val }
        : { code: statuses[data.status.tag] },
    attributes,
    events: events.map(({ name, time, attributes: pairs }) => {
      const own = guestAttributes(pairs);
      return { name, time: guestTime(time), attributes: own.attributes, droppedAttributesCount: own.dropped };
    }),
    links,
    resource,
    instrumentationScope: scopeOf(data.instrumentationScope),
    droppedAttributesCount: sum(data.droppedAttributes, dropped),
    droppedEventsCount: sum(data.droppedEvents, data.events.length - events.length),
    droppedLinksCount: sum(data.droppedLinks, data.links.length - links.length),
  };
}

/** What a guest says of where in its own code something comes from. */
export function scopeOf({ name, version, schemaUrl, attributes: pairs }: InstrumentationScope) {
  const { attributes, dropped } = guestAttributes(pairs);
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(schemaUrl === undefined ? {} : { schemaUrl }),
    ...(pairs.length === 0 ? {} : { attributes, droppedAttributesCount: dropped }),
  };
}

function linkOf({ spanContext, attributes: pairs }: SpanData['links'][number]): Link[] {
  const context = guestContext(spanContext);
  if (context === undefined) return [];
  const { attributes, dropped } = guestAttributes(pairs);
  return [{ context, attributes, droppedAttributesCount: dropped }];
}

function guestContext({ traceId, spanId, traceFlags, traceState, isRemote }: WitSpanContext) {
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
  const state = traceState.map(([key, value]) => `${key}=${value}`).join(',');
  // What is no state is none, as the WIT has it.
  const isState = state.length <= longestState && /^[\x20-\x7e]*$/.test(state);
  const isSampled = traceFlags.sampled === true;
  return { ...otelContext({ traceId, spanId, isSampled, state: isState ? state : '' }), isRemote };
}

/** Of what was left out; OTLP has 32 bits for it. */
function sum(before: number, now: number): number {
  return Math.min(before + now, 0xffff_ffff);
}
