/** `wasi:clocks/wall-clock` datetime. */
export interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** The value is JSON, and bytes are a data URI in it. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface Resource {
  readonly attributes: readonly KeyValue[];
  readonly schemaUrl: string | undefined;
}

export interface InstrumentationScope {
  readonly name: string;
  readonly version: string | undefined;
  readonly schemaUrl: string | undefined;
  readonly attributes: readonly KeyValue[];
}

export interface TraceFlags {
  readonly sampled?: boolean;
}

/** `wasi:otel/tracing` span-context. */
export interface WitSpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: TraceFlags;
  readonly isRemote: boolean;
  readonly traceState: readonly (readonly [key: string, value: string])[];
}

/** `wasi:otel/tracing` span-data. */
export interface SpanData {
  readonly spanContext: WitSpanContext;
  readonly parentSpanId: string;
  readonly spanKind: 'client' | 'server' | 'producer' | 'consumer' | 'internal';
  readonly name: string;
  readonly startTime: Datetime;
  readonly endTime: Datetime;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly {
    readonly name: string;
    readonly time: Datetime;
    readonly attributes: readonly KeyValue[];
  }[];
  readonly links: readonly {
    readonly spanContext: WitSpanContext;
    readonly attributes: readonly KeyValue[];
  }[];
  readonly status: { readonly tag: 'unset' | 'ok' } | { readonly tag: 'error'; readonly val: string };
  readonly instrumentationScope: InstrumentationScope;
  readonly droppedAttributes: number;
  readonly droppedEvents: number;
  readonly droppedLinks: number;
}

/** `wasi:otel/logs` log-record. */
export interface LogRecord {
  readonly timestamp: Datetime | undefined;
  readonly observedTimestamp: Datetime | undefined;
  readonly severityText: string | undefined;
  readonly severityNumber: number | undefined;
  readonly body: string | undefined;
  readonly attributes: readonly KeyValue[] | undefined;
  readonly eventName: string | undefined;
  readonly resource: Resource | undefined;
  readonly instrumentationScope: InstrumentationScope | undefined;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly traceFlags: TraceFlags | undefined;
}

export interface MetricNumber {
  readonly tag: 'f64' | 's64' | 'u64';
  readonly val: number | bigint;
}

interface Series<Point> {
  readonly dataPoints: readonly Point[];
  readonly startTime: Datetime | undefined;
  readonly time: Datetime;
}

type Temporality = 'cumulative' | 'delta' | 'low-memory';

interface NumberPoint {
  readonly attributes: readonly KeyValue[];
  readonly value: MetricNumber;
}

interface DistributionPoint {
  readonly attributes: readonly KeyValue[];
  readonly count: bigint;
  readonly min: MetricNumber | undefined;
  readonly max: MetricNumber | undefined;
  readonly sum: MetricNumber;
}

export interface HistogramPoint extends DistributionPoint {
  readonly bounds: Iterable<number>;
  readonly bucketCounts: Iterable<bigint>;
}

export interface ExponentialBucket {
  readonly offset: number;
  readonly counts: Iterable<bigint>;
}

export interface ExponentialPoint extends DistributionPoint {
  readonly scale: number;
  readonly zeroCount: bigint;
  readonly positiveBucket: ExponentialBucket;
  readonly negativeBucket: ExponentialBucket;
}

export interface Gauge extends Series<NumberPoint> {}

export interface Sum extends Series<NumberPoint> {
  readonly temporality: Temporality;
  readonly isMonotonic: boolean;
}

export interface Histogram extends Series<HistogramPoint> {
  readonly temporality: Temporality;
}

export interface ExponentialHistogram extends Series<ExponentialPoint> {
  readonly temporality: Temporality;
}

type Numbers = 'f64' | 'u64' | 's64';

/** `wasi:otel/metrics` metric-data. */
export type MetricData =
  | { readonly tag: `${Numbers}-gauge`; readonly val: Gauge }
  | { readonly tag: `${Numbers}-sum`; readonly val: Sum }
  | { readonly tag: `${Numbers}-histogram`; readonly val: Histogram }
  | { readonly tag: `${Numbers}-exponential-histogram`; readonly val: ExponentialHistogram };

export interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly data: MetricData;
}

/** `wasi:otel/metrics` resource-metrics. */
export interface ResourceMetrics {
  readonly resource: Resource;
  readonly scopeMetrics: readonly {
    readonly scope: InstrumentationScope;
    readonly metrics: readonly Metric[];
  }[];
}
