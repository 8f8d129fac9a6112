import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type * as wit from '../../../interfaces/otel/wit-types.ts';
import { recordsOf } from '../../../interfaces/traced-operations.ts';
import type { Signal } from '../../../settings/telemetry-setting.ts';
import type { EndedCall, TelemetryItem, TelemetryStart } from '../messages.ts';
import { hostScope, spansOfCall } from './call-spans.ts';
import { guestMetrics } from './guest-metrics.ts';
import { guestSpan } from './guest-spans.ts';
import { HostMetrics } from './host-metrics.ts';
import { guestRecord, toldRecord } from './logs.ts';
import type { Packages } from './packages.ts';
import { tellFailures } from './told-exporter.ts';
import { guestAttributes } from './values.ts';

/** How many spans, and how many log records, wait for their receiver; further ones are left out. */
const mostWaiting = 2048;
/** Of components, the same: each may be large. */
const mostOfGuests = 1024;
/** How long spans and log records are gathered, in milliseconds. */
const delay = 1000;
/** How many exports of a component's metrics may be under way at once; further ones are left out. */
const mostExports = 4;

type SpanSink = (span: ReadableSpan) => void;
type LogSink = (record: ReadableLogRecord) => void;

/** Makes spans, metrics and log records of what it is given, and sends them by OpenTelemetry's own means. */
export class Sender {
  readonly #start: TelemetryStart;
  readonly #packages: Packages;
  readonly #tell: (text: string) => void;
  readonly #resource: Resource;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #span: SpanSink | undefined;
  readonly #log: LogSink | undefined;
  /** Made with the first of them. */
  #guestSpans: SpanSink | undefined;
  #guestLogs: LogSink | undefined;
  #metrics: HostMetrics | undefined;
  #guestMetrics: ((metrics: wit.ResourceMetrics) => void) | undefined;

  constructor(start: TelemetryStart, packages: Packages, tell: (text: string) => void) {
    this.#start = start;
    this.#packages = packages;
    this.#tell = tell;
    const { serviceName = start.name, attributes } = start.settings;
    this.#resource = packages.resources.defaultResource().merge(
      packages.resources.resourceFromAttributes({
        ...attributes,
        'service.name': serviceName,
        'kvasi.version': hostScope.version,
      }),
    );
    this.#span = this.#startTraces('spans', mostWaiting);
    this.#log = this.#startLogs('logs', mostWaiting);
    this.#startMetrics();
  }

  take(item: TelemetryItem): void {
    switch (item.type) {
      case 'call':
        this.#call(item);
        return;
      case 'log':
        this.#log?.(toldRecord(item, this.#resource));
        return;
      case 'load':
        this.#metrics?.load(item);
        return;
      case 'guest-span': {
        const span = guestSpan(item.span, this.#resource);
        if (span !== undefined) this.#guestSpan()?.(span);
        return;
      }
      case 'guest-log':
        this.#guestLog()?.(guestRecord(item.record, this.#resource, (given) => this.#resourceOf(given)));
        return;
      case 'guest-metrics':
        this.#guestMetrics?.(item.metrics);
        return;
    }
  }

  /** Sends all that there is. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#ends.map((end) => end()));
  }

  #call(call: EndedCall): void {
    const records = recordsOf(call.operations);
    this.#metrics?.call(call, records);
    if (!call.span.isSampled || this.#span === undefined) return;
    for (const span of spansOfCall(call, records, this.#resource)) this.#span(span);
  }

  /** Apart from the spans of the host: receivers refuse all of a batch where they do not take a part of it. */
  #guestSpan(): SpanSink | undefined {
    this.#guestSpans ??= this.#startTraces('spans of components', mostOfGuests);
    return this.#guestSpans;
  }

  #guestLog(): LogSink | undefined {
    this.#guestLogs ??= this.#startLogs('logs of components', mostOfGuests);
    return this.#guestLogs;
  }

  #startTraces(what: string, maxQueueSize: number): SpanSink | undefined {
    const { BatchSpanProcessor } = this.#packages.traces;
    const { OTLPTraceExporter } = this.#packages.traceExporter;
    const options = this.#optionsOf('traces');
    if (options === undefined) return undefined;
    const exporter = tellFailures(new OTLPTraceExporter(options), options.url, what, this.#tell);
    const processor = new BatchSpanProcessor(exporter, batching(maxQueueSize, options));
    this.#ends.push(() => processor.shutdown());
    return (span) => processor.onEnd(span);
  }

  #startLogs(what: string, maxQueueSize: number): LogSink | undefined {
    const { BatchLogRecordProcessor } = this.#packages.logs;
    const { OTLPLogExporter } = this.#packages.logExporter;
    const options = this.#optionsOf('logs');
    if (options === undefined) return undefined;
    const exporter = tellFailures(new OTLPLogExporter(options), options.url, what, this.#tell);
    const processor = new BatchLogRecordProcessor({ exporter, ...batching(maxQueueSize, options) });
    this.#ends.push(() => processor.shutdown());
    // What is read of a record is what `ReadableLogRecord` has.
    return (record) => processor.onEmit(record as Parameters<typeof processor.onEmit>[0]);
  }

  #startMetrics(): void {
    const { MeterProvider, PeriodicExportingMetricReader } = this.#packages.metrics;
    const { OTLPMetricExporter } = this.#packages.metricExporter;
    const options = this.#optionsOf('metrics');
    if (options === undefined) return;
    const { metricInterval } = this.#start.settings;
    const exporter = tellFailures(new OTLPMetricExporter(options), options.url, 'metrics', this.#tell);
    const provider = new MeterProvider({
      resource: this.#resource,
      readers: [
        new PeriodicExportingMetricReader({
          exporter,
          exportIntervalMillis: metricInterval,
          exportTimeoutMillis: Math.min(metricInterval, options.timeoutMillis),
        }),
      ],
    });
    this.#metrics = new HostMetrics(provider);
    let exports = 0;
    const idle = new Set<() => void>();
    this.#guestMetrics = (metrics) => {
      if (exports >= mostExports) return;
      exports += 1;
      exporter.export(guestMetrics(metrics, this.#resourceOf(metrics.resource)), () => {
        exports -= 1;
        if (exports === 0) for (const resolve of idle) resolve();
      });
    };
    this.#ends.push(async () => {
      if (exports > 0) await new Promise<void>((resolve) => idle.add(resolve));
      await provider.shutdown();
    });
  }

  #optionsOf(signal: Signal) {
    const { endpoints, headers, timeout } = this.#start.settings;
    const url = endpoints[signal];
    return url === undefined ? undefined : { url, headers: headers[signal], timeoutMillis: timeout };
  }

  /** Of a component that names one of its own. */
  #resourceOf({ attributes: pairs, schemaUrl }: wit.Resource): Resource {
    const { attributes } = guestAttributes(pairs);
    const options = schemaUrl === undefined ? {} : { schemaUrl };
    return this.#packages.resources.resourceFromAttributes(attributes, options);
  }
}

function batching(maxQueueSize: number, { timeoutMillis }: { readonly timeoutMillis: number }) {
  return { maxQueueSize, scheduledDelayMillis: delay, exportTimeoutMillis: timeoutMillis + delay };
}
