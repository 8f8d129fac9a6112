import type { AttributeValue } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { fieldsOf } from '../../../runtime/trace/record-fields.ts';
import { randomId, type SpanContext } from '../../../runtime/trace/span-context.ts';
import type { TraceRecord } from '../../../runtime/trace/trace-record.ts';
import { hostVersion } from '../../../shared/version.ts';
import type { EndedCall } from '../messages.ts';
import { otelContext } from './otel-context.ts';
import { between, hrTime } from './values.ts';

/** What spans of the host say of where they come from. */
export const hostScope = { name: 'kvasi', version: hostVersion() };

/** Kinds of spans, by OpenTelemetry's numbers. */
const internal = 0;
const server = 1;
const client = 2;
const consumer = 4;
const kinds = { request: server, run: internal, message: consumer } as const;
/** States of spans, likewise. */
const unset = 0;
const failed = 2;

/** A longer value of an attribute is cut, in characters. */
const longestValue = 1024;

/** The span of a call, and one for each operation of it that is kept. */
export function spansOfCall(
  call: EndedCall,
  records: readonly TraceRecord[],
  resource: Resource,
): ReadableSpan[] {
  const { span, ended, milliseconds, failure } = call;
  const start = ended - milliseconds;
  const { traceId, spanId, isSampled, state, parentId } = span;
  const ids = records.map(() => randomId(8));
  const inner = records.map((record, index) => {
    // What the trace is of the thread's clock; nothing begins before the request or ends after it.
    const begun = Math.max(start, span.began + record.start);
    const { parentId: told, ...own } = toldBy(record);
    const parent = told ?? (record.parent === undefined ? spanId : (ids[record.parent] ?? spanId));
    const context = { traceId, spanId: ids[index] ?? randomId(8), isSampled, state, ...own };
    return operationSpan(record, begun, context, parent, resource);
  });
  const outer: Made = {
    name: nameOf(call),
    kind: kinds[call.kind],
    context: { traceId, spanId, isSampled, state },
    parentId,
    isParentRemote: true,
    start,
    end: ended,
    attributes: attributesOf(call),
    error: isFailed(call) ? (failure ?? '') : undefined,
    resource,
  };
  return [...inner, spanOf(outer)];
}

function nameOf({ request, message, schedule = '' }: EndedCall): string {
  if (message !== undefined) return `process ${message.subject}`;
  // Without a path: nobody knows which of them are alike, and names are what spans are counted by.
  return request === undefined ? `run ${schedule}` : request.method;
}

function isFailed({ request, failure }: EndedCall): boolean {
  return request === undefined ? failure !== undefined : request.status === 0 || request.status >= 500;
}

/** Source: OpenTelemetry's semantic conventions for HTTP servers, and for messaging. */
function attributesOf({ request, message, schedule, failure, operations }: EndedCall): Attributes {
  const omitted = operations.omitted === 0 ? {} : { 'kvasi.operations.omitted': operations.omitted };
  const reason = failure === undefined ? {} : { 'error.message': cut(failure) };
  if (message !== undefined) {
    return {
      'messaging.operation.type': 'process',
      'messaging.destination.name': cut(message.subject),
      'messaging.message.body.size': message.size,
      'kvasi.component': message.component,
      ...reason,
      ...omitted,
    };
  }
  if (request === undefined) return { 'kvasi.schedule': schedule ?? '', ...reason, ...omitted };
  const [path = '', query] = request.path.split(/\?(.*)/s);
  return {
    'http.request.method': request.method,
    'url.path': cut(path),
    ...(query === undefined ? {} : { 'url.query': cut(query) }),
    ...(request.status === 0 ? {} : { 'http.response.status_code': request.status }),
    ...(request.status >= 500 ? { 'error.type': String(request.status) } : {}),
    ...reason,
    ...omitted,
  };
}

type Attributes = Record<string, AttributeValue>;

/** What a request that the component sent has told of itself on its way: the id of its span, or with those of a trace and a parent. */
function toldBy({ attributes }: TraceRecord): Partial<Pick<SpanContext, 'spanId' | 'traceId'>> & {
  readonly parentId?: string | undefined;
} {
  // See `TracedHeaders.span`.
  const ids = typeof attributes.span === 'string' ? attributes.span.split('-') : [];
  const [traceId, parentId] = ids.length === 3 ? ids : [];
  const spanId = ids.at(-1);
  return {
    ...(spanId === undefined ? {} : { spanId }),
    ...(traceId === undefined ? {} : { traceId }),
    parentId,
  };
}

function operationSpan(
  record: TraceRecord,
  start: number,
  context: SpanContext,
  parentId: string,
  resource: Resource,
): ReadableSpan {
  const { operation, attributes, milliseconds, error } = record;
  const isSent = operation.interface === 'wasi:http';
  return spanOf({
    name: isSent ? String(attributes.method ?? 'HTTP') : `${operation.interface} ${operation.name}`,
    kind: operation.effect === 'tell' ? internal : client,
    context,
    parentId,
    isParentRemote: false,
    start,
    end: start + milliseconds,
    attributes: isSent ? sentAttributes(record) : operationAttributes(record),
    error,
    resource,
  });
}

/** Source: OpenTelemetry's semantic conventions for HTTP clients. */
function sentAttributes({ target, attributes, error }: TraceRecord): Attributes {
  const { method, status, size } = attributes;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const port = url === undefined ? 0 : Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return {
    'http.request.method': String(method ?? ''),
    'url.full': cut(target),
    ...(url === undefined ? {} : { 'server.address': url.hostname, 'server.port': port }),
    ...(typeof status === 'number' ? { 'http.response.status_code': status } : {}),
    ...(typeof size === 'number' ? { 'http.response.body.size': size } : {}),
    ...(error === undefined ? {} : { 'error.type': error.split(':')[0] ?? 'error' }),
  };
}

function operationAttributes(record: TraceRecord): Attributes {
  const {
    interface: name,
    op,
    error,
    start: _start,
    milliseconds: _time,
    parent: _parent,
    ...fields
  } = fieldsOf(record);
  const own = Object.entries(fields).flatMap(([key, value]): [string, AttributeValue][] =>
    value === undefined ? [] : [[`kvasi.${key}`, typeof value === 'string' ? cut(value) : value]],
  );
  return {
    'kvasi.interface': name,
    'kvasi.operation': op,
    ...Object.fromEntries(own),
    ...(error === undefined ? {} : { 'error.type': error.split(':')[0] ?? 'error' }),
  };
}

/** What a span of the host is made of. */
interface Made {
  readonly name: string;
  readonly kind: number;
  readonly context: SpanContext;
  readonly parentId: string | undefined;
  readonly isParentRemote: boolean;
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  /** Why it failed; undefined where it did not. */
  readonly error: string | undefined;
  readonly resource: Resource;
}

function spanOf(made: Made): ReadableSpan {
  const { name, kind, context, parentId, isParentRemote, start, end, attributes, error, resource } = made;
  const own = otelContext(context);
  const startTime = hrTime(start);
  const endTime = hrTime(Math.max(start, end));
  return {
    name,
    kind,
    spanContext: () => own,
    ...(parentId === undefined
      ? {}
      : { parentSpanContext: { ...own, spanId: parentId, isRemote: isParentRemote } }),
    startTime,
    endTime,
    duration: between(startTime, endTime),
    ended: true,
    status: error === undefined ? { code: unset } : { code: failed, message: cut(error) },
    attributes,
    links: [],
    events: [],
    resource,
    instrumentationScope: hostScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function cut(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}
