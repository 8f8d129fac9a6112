import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newCallSpan, parsedSpan, randomId, traceparentOf } from '../../host/runtime/trace/span-context.ts';
import { propagatedIn } from '../../host/triggers/http/propagated.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const always = { ratio: 1, followsParent: true };
const parse = (traceparent: string | undefined, tracestate?: string) =>
  parsedSpan({ traceparent, tracestate });

test('a traceparent is read as the standard has it', () => {
  expect(parse(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, isSampled: true, state: '' });
  expect(parse(`00-${traceId}-${spanId}-00`)?.isSampled).toBe(false);
  expect(parse(`00-${traceId}-${spanId}-03`, 'a=1,b=2')).toMatchObject({ isSampled: true, state: 'a=1,b=2' });
  // A later version may have more behind it.
  expect(parse(`cc-${traceId}-${spanId}-01-what-comes`)?.traceId).toBe(traceId);
});

test('what is no traceparent is none', () => {
  for (const text of [
    undefined,
    '',
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-0g`,
  ])
    expect(parse(text), text).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      parse(text, text);
    }),
  );
});

test('a state that is too long is left out', () => {
  expect(parse(`00-${traceId}-${spanId}-01`, `a=${'x'.repeat(600)}`)?.state).toBe('');
});

test('the span of a call belongs to that of its caller', () => {
  const span = newCallSpan({ traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'a=1' }, always);
  expect(span).toMatchObject({ traceId, parentId: spanId, isSampled: true, state: 'a=1' });
  expect(span.spanId).toMatch(/^[\da-f]{16}$/);
  expect(span.spanId).not.toBe(spanId);
  expect(traceparentOf(span)).toBe(`00-${traceId}-${span.spanId}-01`);
});

test('without a caller a trace begins, which is recorded as often as is wanted', () => {
  expect(newCallSpan(undefined, always)).not.toHaveProperty('parentId');
  const sampled = (ratio: number): number =>
    Array.from({ length: 2000 }, () => newCallSpan(undefined, { ratio, followsParent: true })).filter(
      ({ isSampled }) => isSampled,
    ).length;
  expect(sampled(1)).toBe(2000);
  expect(sampled(0)).toBe(0);
  expect(sampled(0.25)).toBeGreaterThan(350);
  expect(sampled(0.25)).toBeLessThan(650);
});

test('whether a caller records decides, unless it is not to', () => {
  const unsampled = { traceparent: `00-${traceId}-${spanId}-00`, tracestate: undefined };
  expect(newCallSpan(unsampled, always).isSampled).toBe(false);
  expect(newCallSpan(unsampled, { ratio: 1, followsParent: false }).isSampled).toBe(true);
  const sampled = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: undefined };
  expect(newCallSpan(sampled, { ratio: 0, followsParent: true }).isSampled).toBe(true);
});

test('of two headers traceparent none counts, and several of tracestate are one', () => {
  const headers = [
    'A',
    'b',
    'TraceParent',
    `00-${traceId}-${spanId}-01`,
    'tracestate',
    'a=1',
    'Tracestate',
    'b=2',
  ];
  expect(propagatedIn(headers)).toEqual({ traceparent: headers[3], tracestate: 'a=1,b=2' });
  expect(parsedSpan(propagatedIn([...headers, 'traceparent', `00-${traceId}-${spanId}-01`]))).toBeUndefined();
});

test('ids are told apart, and none is zero', () => {
  const ids = new Set(Array.from({ length: 5000 }, () => randomId(8)));
  expect(ids.size).toBe(5000);
});
