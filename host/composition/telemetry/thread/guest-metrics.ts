import type { Resource } from '@opentelemetry/resources';
import type { MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type * as wit from '../../../interfaces/otel/wit-types.ts';
import { scopeOf } from './guest-spans.ts';
import { guestAttributes, guestCount, guestTime } from './values.ts';

/** OpenTelemetry's numbers. */
const dataPointTypes = { histogram: 0, exponential: 1, gauge: 2, sum: 3 } as const;
const temporalities = { delta: 0, cumulative: 1, 'low-memory': 0 } as const;
const valueTypes = { integer: 0, double: 1 } as const;

/** Metrics that a component exports; those without a name are left out. */
export function guestMetrics({ scopeMetrics }: wit.ResourceMetrics, resource: Resource): ResourceMetrics {
  return {
    resource,
    scopeMetrics: scopeMetrics.map(
      ({ scope, metrics }): ScopeMetrics => ({
        scope: scopeOf(scope),
        metrics: metrics.filter(({ name }) => name !== '').map(metricOf),
      }),
    ),
  };
}

function metricOf({ name, description, unit, data }: wit.Metric): MetricData {
  const valueType = data.tag.startsWith('f64') ? valueTypes.double : valueTypes.integer;
  const descriptor = { name, description, unit, valueType };
  switch (data.tag) {
    case 'f64-gauge':
    case 'u64-gauge':
    case 's64-gauge':
      return {
        descriptor,
        aggregationTemporality: temporalities.cumulative,
        dataPointType: dataPointTypes.gauge,
        dataPoints: pointsOf(data.val, ({ value }) => numberOf(value)),
      };
    case 'f64-sum':
    case 'u64-sum':
    case 's64-sum':
      return {
        descriptor,
        aggregationTemporality: temporalities[data.val.temporality],
        dataPointType: dataPointTypes.sum,
        dataPoints: pointsOf(data.val, ({ value }) => numberOf(value)),
        isMonotonic: data.val.isMonotonic,
      };
    case 'f64-histogram':
    case 'u64-histogram':
    case 's64-histogram':
      return {
        descriptor,
        aggregationTemporality: temporalities[data.val.temporality],
        dataPointType: dataPointTypes.histogram,
        dataPoints: pointsOf(data.val, (point) => ({
          ...distributionOf(point),
          buckets: { boundaries: [...point.bounds], counts: [...point.bucketCounts].map(guestCount) },
        })),
      };
    case 'f64-exponential-histogram':
    case 'u64-exponential-histogram':
    case 's64-exponential-histogram':
      return {
        descriptor,
        aggregationTemporality: temporalities[data.val.temporality],
        dataPointType: dataPointTypes.exponential,
        dataPoints: pointsOf(data.val, (point) => ({
          ...distributionOf(point),
          scale: point.scale,
          zeroCount: guestCount(point.zeroCount),
          positive: bucketOf(point.positiveBucket),
          negative: bucketOf(point.negativeBucket),
        })),
      };
  }
}

function pointsOf<Point extends { readonly attributes: readonly wit.KeyValue[] }, Value>(
  {
    dataPoints,
    startTime,
    time,
  }: Pick<wit.Gauge, 'startTime' | 'time'> & { readonly dataPoints: readonly Point[] },
  read: (point: Point) => Value,
) {
  return dataPoints.map((point) => ({
    startTime: guestTime(startTime ?? time),
    endTime: guestTime(time),
    attributes: guestAttributes(point.attributes).attributes,
    value: read(point),
  }));
}

function distributionOf({ count, sum, min, max }: wit.HistogramPoint | wit.ExponentialPoint) {
  return {
    count: guestCount(count),
    sum: numberOf(sum),
    ...(min === undefined ? {} : { min: numberOf(min) }),
    ...(max === undefined ? {} : { max: numberOf(max) }),
  };
}

function bucketOf({ offset, counts }: wit.ExponentialBucket) {
  return { offset, bucketCounts: [...counts].map(guestCount) };
}

/** JSON has no numbers but finite ones, and OTLP no whole ones but those of 64 bits. */
function numberOf({ tag, val }: wit.MetricNumber): number {
  const value = Number(val);
  if (!Number.isFinite(value)) return 0;
  if (tag === 'f64') return value;
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}
