import { parsedSpan, type SpanContext, traceparentOf } from '../../../runtime/trace/span-context.ts';

/** The headers of a request as it is sent, and what its record calls its span. */
interface TracedHeaders {
  readonly headers: readonly string[];
  /** The id of the span; before it those of the trace and of the parent, where these are not the ones of the request that the guest serves. */
  readonly span: string;
}

/**
 * Says in the headers of a request which span it is. Where the guest has said which of its own spans it belongs to, they stay as they
 * are, and the request belongs to that one.
 *
 * @param headers names and values in turn
 */
export function tracedHeaders(headers: readonly string[], span: SpanContext): TracedHeaders {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'traceparent');
  if (at < 0) {
    const state = span.state === '' ? [] : ['tracestate', span.state];
    return { headers: [...headers, 'traceparent', traceparentOf(span), ...state], span: span.spanId };
  }
  const own = parsedSpan({ traceparent: headers[at + 1], tracestate: undefined });
  return {
    headers,
    span: own === undefined ? span.spanId : `${own.traceId}-${own.spanId}-${span.spanId}`,
  };
}
