import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guestMetrics } from '../../host/composition/telemetry/thread/guest-metrics.ts';
import { guestSpan } from '../../host/composition/telemetry/thread/guest-spans.ts';
import { guestRecord } from '../../host/composition/telemetry/thread/logs.ts';
import { tellFailures } from '../../host/composition/telemetry/thread/told-exporter.ts';
import {
  between,
  guestAttributes,
  guestTime,
  guestValue,
} from '../../host/composition/telemetry/thread/values.ts';
import {
  type GuestSignal,
  mostOfOne,
  mostUntaken,
  sizeOfSignal,
} from '../../host/interfaces/otel/guest-signal.ts';
import type { FromOtelWorker } from '../../host/interfaces/otel/messages.ts';
import { OtelWorker } from '../../host/interfaces/otel/otel-worker.ts';
import type { LogRecord, ResourceMetrics, SpanData } from '../../host/interfaces/otel/wit-types.ts';

const resource = resourceFromAttributes({ 'service.name': 'app' });
const scope = { name: 'own', version: undefined, schemaUrl: undefined, attributes: [] };
const moment = { seconds: 1n, nanoseconds: 2 };
const context = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: { sampled: true },
  isRemote: false,
  traceState: [],
};
const span: SpanData = {
  spanContext: context,
  parentSpanId: '00f067aa0ba902b7',
  spanKind: 'producer',
  name: 'n',
  startTime: moment,
  endTime: { seconds: 3n, nanoseconds: 1 },
  attributes: [],
  events: [],
  links: [],
  status: { tag: 'ok' },
  instrumentationScope: scope,
  droppedAttributes: 0,
  droppedEvents: 0,
  droppedLinks: 0,
};

test('values are JSON, bytes are data URIs in it, and what is neither is text', () => {
  expect(guestValue('"text"')).toBe('text');
  expect(guestValue('[1,true,null]')).toEqual([1, true, 'null']);
  expect(guestValue('[1e300,-9007199254740993,1.5]')).toEqual(['1e+300', '-9007199254740992', 1.5]);
  expect(guestValue('"data:application/octet-stream;base64,AQI="')).toEqual(new Uint8Array([1, 2]));
  expect(guestValue('{not json')).toBe('{not json');
  expect(guestValue('')).toBe('');
  const deep = `${'['.repeat(17)}${']'.repeat(17)}`;
  expect(guestValue(deep)).toBe(deep);
  const deepest = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(guestValue(deepest)).toBe(deepest);
});

test('of many attributes the first are passed on, and how many are not is told', () => {
  const pairs = Array.from({ length: 200 }, (_, index) => ({ key: `k${index}`, value: String(index) }));
  const { attributes, dropped } = guestAttributes([{ key: '', value: '1' }, ...pairs]);
  expect(Object.keys(attributes)).toHaveLength(128);
  expect(dropped).toBe(73);
  expect(guestAttributes([{ key: '__proto__', value: '{"a":1}' }]).attributes).toHaveProperty(['__proto__']);
});

test('moments are those that there are, and time does not run backwards', () => {
  expect(guestTime({ seconds: 5n, nanoseconds: 7 })).toEqual([5, 7]);
  const [seconds, nanoseconds] = guestTime({ seconds: 2n ** 64n - 1n, nanoseconds: 4_294_967_295 });
  expect(new Date(seconds * 1000).getUTCFullYear()).toBe(2500);
  expect(nanoseconds).toBeLessThan(1_000_000_000);
  expect(between([1, 2], [3, 1])).toEqual([1, 999_999_999]);
  expect(between([3, 1], [1, 2])).toEqual([0, 0]);
});

test('a span is passed on with its ids, and one without is not', () => {
  expect(guestSpan(span, resource)).toMatchObject({
    name: 'n',
    kind: 3,
    parentSpanContext: { spanId: '00f067aa0ba902b7' },
    duration: [1, 999_999_999],
    status: { code: 1 },
    instrumentationScope: { name: 'own' },
  });
  expect(guestSpan({ ...span, parentSpanId: '' }, resource)).not.toHaveProperty('parentSpanContext');
  for (const wrong of [
    { traceId: 'x' },
    { spanId: '0'.repeat(16) },
    { traceId: context.traceId.toUpperCase() },
  ])
    expect(guestSpan({ ...span, spanContext: { ...context, ...wrong } }, resource)).toBeUndefined();
  const state = guestSpan({ ...span, spanContext: { ...context, traceState: [['a', 'b\n']] } }, resource);
  expect(state?.spanContext().traceState).toBeUndefined();
});

/** Sends nothing, and tells whether what is to be sent could be written. */
function written(
  exporter: { export(items: never, done: (result: { code: number }) => void): void },
  items: unknown,
) {
  return new Promise<number>((resolve) => exporter.export(items as never, ({ code }) => resolve(code)));
}

test('whatever a guest says in a span or in metrics, OpenTelemetry can write it', async () => {
  const port = { url: 'http://127.0.0.1:1', timeoutMillis: 1 };
  const number = fc.oneof(
    fc.record({ tag: fc.constant('f64'), val: fc.double() }),
    fc.record({ tag: fc.constant('u64'), val: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  );
  const time = fc.record({
    seconds: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    nanoseconds: fc.nat(4_294_967_295),
  });
  const attributes = fc.array(fc.record({ key: fc.string(), value: fc.oneof(fc.string(), fc.json()) }));
  const anySpan = fc.record({ name: fc.string(), startTime: time, endTime: time, attributes });
  const point = fc.record({ attributes, value: number });
  const anyGauge = fc.record({ dataPoints: fc.array(point), startTime: time, time });
  await fc.assert(
    fc.asyncProperty(anySpan, anyGauge, async (given, gauge) => {
      const made = guestSpan({ ...span, ...given }, resource);
      const tag = 'u64-gauge' as const;
      const own = { name: 'm', description: '', unit: '', data: { tag, val: gauge } };
      const all = {
        resource: { attributes: [], schemaUrl: undefined },
        scopeMetrics: [{ scope, metrics: [own] }],
      };
      const told: string[] = [];
      const tell = (text: string): void => void told.push(text);
      await written(tellFailures(new OTLPTraceExporter(port), port.url, 'spans', tell), [made]);
      const metrics = guestMetrics(all as unknown as ResourceMetrics, resource);
      await written(tellFailures(new OTLPMetricExporter(port), port.url, 'metrics', tell), metrics);
      // Nobody is there; what is told is that, and not that something could not be written.
      expect(told).toHaveLength(2);
      for (const text of told) expect(text).toMatch(/ECONNREFUSED|timed? ?out/i);
    }),
    { numRuns: 50 },
  );
});

test('a log record is passed on whatever it lacks', () => {
  const none = undefined;
  const empty: LogRecord = {
    ...{ timestamp: none, observedTimestamp: none, severityText: none, severityNumber: none, body: none },
    ...{ attributes: none, eventName: none, resource: none, instrumentationScope: none },
    ...{ traceId: none, spanId: none, traceFlags: none },
  };
  expect(guestRecord(empty, resource, () => resource)).toMatchObject({ attributes: {}, resource });
  const full = guestRecord(
    { ...empty, severityNumber: 255, traceId: context.traceId, spanId: 'no id', body: '{"a":1}' },
    resource,
    () => resource,
  );
  expect(full).toMatchObject({ severityNumber: 24, body: { a: 1 } });
  expect(full.spanContext).toBeUndefined();
});

test('what a guest tells is bounded, one by one and all that is on its way', () => {
  const sent: FromOtelWorker[] = [];
  const worker = new OtelWorker(true, { post: (message) => sent.push(message as FromOtelWorker) });
  const signal = (length: number): GuestSignal => ({
    type: 'guest-span',
    span: { ...span, name: 'x'.repeat(length) },
  });
  expect(worker.tell(signal(mostOfOne['guest-span']))).toMatch(/larger than/);
  expect(sizeOfSignal(signal(100_000_000))).toBeGreaterThan(mostOfOne['guest-span']);
  let problem: string | undefined;
  let count = 0;
  while (problem === undefined) {
    problem = worker.tell(signal(10_000));
    count += 1;
  }
  expect(problem).toBe('more is told than can be sent');
  expect(sent.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(mostUntaken);
  expect(sent).toHaveLength(count - 1);
  worker.receive({ taken: sent[0]?.size ?? 0 });
  expect(worker.tell(signal(10_000))).toBeUndefined();
  expect(sent.at(-1)?.dropped).toBe(1);
  expect(sent[0]?.dropped).toBe(1);
});

test('where nobody wants it nothing is sent, and nothing is measured', () => {
  const worker = new OtelWorker(false, {
    post: () => {
      throw new Error('nobody wants it');
    },
  });
  expect(worker.tell({ type: 'guest-span', span: { ...span, name: 'x'.repeat(100_000) } })).toBeUndefined();
});
