import type { Attributes, Histogram, MeterProvider } from '@opentelemetry/api';
import type { TraceRecord } from '../../../runtime/trace/trace-record.ts';
import type { EndedCall, Load } from '../messages.ts';
import { hostScope } from './call-spans.ts';

/** In seconds. Source: OpenTelemetry's semantic conventions for HTTP metrics. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Methods that HTTP knows; a client may say any word, and each would be a series of its own. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/** Counts what the host does. */
export class HostMetrics {
  readonly #requests: Histogram;
  readonly #runs: Histogram;
  readonly #operations: Histogram;
  readonly #sent: Histogram;
  readonly #messages: Histogram;
  #load: Load = { type: 'load', activeRequests: 0, refused: 0, dropped: 0 };

  constructor(provider: MeterProvider) {
    const meter = provider.getMeter(hostScope.name, hostScope.version);
    const duration = (name: string, description: string): Histogram =>
      meter.createHistogram(name, {
        description,
        unit: 's',
        advice: { explicitBucketBoundaries: boundaries },
      });
    this.#requests = duration('http.server.request.duration', 'How long requests took.');
    this.#sent = duration('http.client.request.duration', 'How long requests of the component took.');
    this.#operations = duration('kvasi.operation.duration', 'How long operations of the component took.');
    this.#messages = duration('messaging.process.duration', 'How long components took to handle messages.');
    this.#runs = duration('kvasi.schedule.duration', 'How long scheduled runs took.');
    const observed = (name: string, description: string, value: (load: Load) => number): void => {
      meter
        .createObservableUpDownCounter(name, { description })
        .addCallback((result) => result.observe(value(this.#load)));
    };
    observed('http.server.active_requests', 'Requests that have not ended.', (load) => load.activeRequests);
    const counted = (name: string, description: string, value: (load: Load) => number): void => {
      meter
        .createObservableCounter(name, { description })
        .addCallback((result) => result.observe(value(this.#load)));
    };
    counted(
      'kvasi.clients.refused',
      'Clients that were refused before there was a request.',
      ({ refused }) => refused,
    );
    counted('kvasi.telemetry.dropped', 'What was not told because too much was.', ({ dropped }) => dropped);
  }

  load(load: Load): void {
    this.#load = load;
  }

  call(
    { request, message, schedule = '', milliseconds, failure }: EndedCall,
    records: readonly TraceRecord[],
  ): void {
    if (message !== undefined)
      this.#messages.record(milliseconds / 1000, {
        'kvasi.component': message.component,
        'kvasi.failed': failure !== undefined,
      });
    else if (request === undefined)
      this.#runs.record(milliseconds / 1000, {
        'kvasi.schedule': schedule,
        'kvasi.failed': failure !== undefined,
      });
    else {
      const { method, status } = request;
      this.#requests.record(milliseconds / 1000, {
        'http.request.method': methods.has(method) ? method : '_OTHER',
        ...(status === 0 ? {} : { 'http.response.status_code': status }),
        ...(status >= 500 ? { 'error.type': String(status) } : {}),
      });
    }
    for (const record of records) this.#operation(record);
  }

  #operation({ operation, attributes, milliseconds, error }: TraceRecord): void {
    if (operation.effect === 'tell') return;
    const failed: Attributes = error === undefined ? {} : { 'error.type': 'error' };
    if (operation.interface === 'wasi:http') {
      const { method, status } = attributes;
      this.#sent.record(milliseconds / 1000, {
        'http.request.method': typeof method === 'string' && methods.has(method) ? method : '_OTHER',
        ...(typeof status === 'number' ? { 'http.response.status_code': status } : {}),
        ...failed,
      });
    } else
      this.#operations.record(milliseconds / 1000, {
        'kvasi.interface': operation.interface,
        'kvasi.operation': operation.name,
        // The text of a store's error is in its span: here each would be a series of its own.
        'kvasi.failed': error !== undefined,
      });
  }
}
