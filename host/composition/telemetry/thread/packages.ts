import type * as logExporter from '@opentelemetry/exporter-logs-otlp-http';
import type * as metricExporter from '@opentelemetry/exporter-metrics-otlp-http';
import type * as traceExporter from '@opentelemetry/exporter-trace-otlp-http';
import type * as resources from '@opentelemetry/resources';
import type * as logs from '@opentelemetry/sdk-logs';
import type * as metrics from '@opentelemetry/sdk-metrics';
import type * as traces from '@opentelemetry/sdk-trace-base';
import { isError } from '../../../shared/is-error.ts';

/** OpenTelemetry's own libraries, which are installed where somebody wants them. */
export interface Packages {
  readonly traces: typeof traces;
  readonly metrics: typeof metrics;
  readonly logs: typeof logs;
  readonly resources: typeof resources;
  readonly traceExporter: typeof traceExporter;
  readonly metricExporter: typeof metricExporter;
  readonly logExporter: typeof logExporter;
}

const names = [
  '@opentelemetry/api',
  '@opentelemetry/api-logs',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-logs',
  '@opentelemetry/resources',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/exporter-logs-otlp-http',
];

/** Loads them. Rejects with an `Error` that says what to install where one is missing. */
export async function loadPackages(): Promise<Packages> {
  try {
    const [traces, metrics, logs, resources, traceExporter, metricExporter, logExporter] = await Promise.all([
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/sdk-logs'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/exporter-metrics-otlp-http'),
      import('@opentelemetry/exporter-logs-otlp-http'),
    ]);
    return { traces, metrics, logs, resources, traceExporter, metricExporter, logExporter };
  } catch (cause) {
    const reason = isError(cause) ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new Error(
      `telemetry is asked for and not sent: OpenTelemetry's libraries can't be loaded (${reason}). Run: npm install ${names.join(' ')}`,
      { cause },
    );
  }
}
