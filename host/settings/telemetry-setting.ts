import type { Sampling } from '../runtime/trace/sampling.ts';
import { fileKey } from './file-key.ts';
import type { Setting, Sources } from './setting.ts';
import type { TextMap } from './text-map.ts';

/** What is told of the host and its components. */
export const signals = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof signals)[number];

/** Where telemetry goes, and what of it. The names of the variables are OpenTelemetry's own. */
export interface TelemetrySettings {
  /** The URLs that take each signal by OTLP over HTTP; of one that is absent nothing is sent. */
  readonly endpoints: Readonly<Partial<Record<Signal, string>>>;
  /** Sent with each request to them. */
  readonly headers: Readonly<Record<Signal, TextMap>>;
  /** How long one of these requests may take, in milliseconds. */
  readonly timeout: number;
  /** How often metrics are sent, in milliseconds. */
  readonly metricInterval: number;
  /** Default: the component's name. */
  readonly serviceName: string | undefined;
  /** Further attributes of the resource. */
  readonly attributes: TextMap;
  readonly sampling: Sampling;
}

const environment = fileKey('dev.environment', ({ textMap }) =>
  textMap(
    'Variables for the host itself. Those of OpenTelemetry (`OTEL_…`) have an effect, and win over those of the process.',
  ),
);
const wasiOtel = fileKey('dev.wasi_otel', ({ flag }) =>
  flag('Whether wash provides `wasi:otel`. kvasi provides it to every component that imports it.'),
);

const longestTimer = 2_147_483_647;

export const telemetrySetting = {
  name: 'telemetry',
  keys: [environment, wasiOtel],
  resolve(sources): TelemetrySettings | undefined {
    const written = sources.file?.written(environment) ?? {};
    for (const name of Object.keys(written)) {
      if (name.startsWith('OTEL_')) continue;
      const place = sources.file?.locate(['dev', 'environment', name], 'key') ?? '';
      sources.report.warn(
        () =>
          `${place}: dev.environment.${name} has no effect: of the variables for the host only those of OpenTelemetry (OTEL_…) are used. Set it before kvasi starts.`,
      );
    }
    return telemetryOf(new Variables(written, sources));
  },
  show(telemetry) {
    if (telemetry === undefined) return [['telemetry', undefined]];
    const { endpoints, serviceName } = telemetry;
    return [
      ...signals.map((signal) => [`telemetry.${signal}`, endpoints[signal]] as const),
      ...(serviceName === undefined ? [] : [['telemetry.serviceName', serviceName] as const]),
    ];
  },
} as const satisfies Setting<'telemetry', TelemetrySettings | undefined>;

/** Variables of the file and of the process, and where they came from. */
class Variables {
  readonly #written: TextMap;
  readonly #sources: Pick<Sources, 'env' | 'file' | 'report' | 'origins'>;

  constructor(written: TextMap, sources: Pick<Sources, 'env' | 'file' | 'report' | 'origins'>) {
    this.#written = written;
    this.#sources = sources;
  }

  /** An empty one counts as unset, as OpenTelemetry has it. */
  get(name: string): string | undefined {
    const text = (this.#written[name] ?? this.#sources.env[name])?.trim();
    return text === '' ? undefined : text;
  }

  origin(name: string): string {
    return Object.hasOwn(this.#written, name)
      ? (this.#sources.file?.locate(['dev', 'environment', name], 'key') ?? name)
      : name;
  }

  note(setting: string, name: string): void {
    this.#sources.origins.set(setting, this.origin(name));
  }

  /** What stands there is not what may: kvasi starts all the same, as OpenTelemetry demands. */
  refuse(name: string, expected: string): void {
    const origin = this.origin(name);
    const place = origin === name ? '' : `${origin}: `;
    this.#sources.report.warn(() => `${place}${name} has no effect. Expected ${expected}.`);
  }

  /** A whole number of milliseconds. */
  milliseconds(name: string, fallback: number): number {
    const text = this.get(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= longestTimer) return value;
    this.refuse(name, 'a number of milliseconds');
    return fallback;
  }
}

function telemetryOf(variables: Variables): TelemetrySettings | undefined {
  if (variables.get('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const endpoints: Partial<Record<Signal, string>> = {};
  const headers: Record<Signal, TextMap> = { traces: {}, metrics: {}, logs: {} };
  for (const signal of signals) {
    const endpoint = endpointOf(signal, variables);
    if (endpoint === undefined) continue;
    endpoints[signal] = endpoint;
    headers[signal] = {
      ...pairsOf('OTEL_EXPORTER_OTLP_HEADERS', variables),
      ...pairsOf(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`, variables),
    };
  }
  if (Object.keys(endpoints).length === 0) return undefined;
  const { 'service.name': named, ...attributes } = pairsOf('OTEL_RESOURCE_ATTRIBUTES', variables);
  return {
    endpoints,
    headers,
    timeout: variables.milliseconds('OTEL_EXPORTER_OTLP_TIMEOUT', 10_000),
    metricInterval: variables.milliseconds('OTEL_METRIC_EXPORT_INTERVAL', 60_000),
    serviceName: variables.get('OTEL_SERVICE_NAME') ?? named,
    attributes,
    sampling: samplingOf(variables),
  };
}

/** Where a signal goes; undefined where it goes nowhere. */
function endpointOf(signal: Signal, variables: Variables): string | undefined {
  const name = signal.toUpperCase();
  if (variables.get(`OTEL_${name}_EXPORTER`) === 'none') return undefined;
  const own = `OTEL_EXPORTER_OTLP_${name}_ENDPOINT`;
  const given = variables.get(own) === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : own;
  const text = variables.get(given);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    variables.refuse(given, 'the URL of a receiver of OTLP over HTTP, such as http://localhost:4318');
    return undefined;
  }
  requireHttp(name, variables);
  variables.note(`telemetry.${signal}`, given);
  // That of one signal is used as it is; of the one for all each has a path of its own.
  if (given === own) return url.href;
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${signal}`;
  return url.href;
}

/** Says that it is no gRPC that is sent, where that was asked for. */
function requireHttp(signal: string, variables: Variables): void {
  const own = `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`;
  const name = variables.get(own) === undefined ? 'OTEL_EXPORTER_OTLP_PROTOCOL' : own;
  const protocol = variables.get(name);
  if (protocol === undefined || protocol === 'http/json' || protocol === 'http/protobuf') return;
  variables.refuse(
    name,
    'http/json or http/protobuf: kvasi sends OTLP over HTTP (a collector takes that at port 4318), not over gRPC (port 4317)',
  );
}

/** Lists such as `key=value,other=value`, with percent-encoded values. */
function pairsOf(name: string, variables: Variables): TextMap {
  const pairs: Record<string, string> = {};
  for (const part of variables.get(name)?.split(',') ?? []) {
    if (part.trim() === '') continue;
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    const decoded = decodedText(value.trim());
    if (key.trim() === '' || decoded === undefined)
      variables.refuse(name, 'a list such as key=value,other=value');
    else pairs[key.trim()] = decoded;
  }
  return pairs;
}

function decodedText(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Source: OpenTelemetry, "General SDK Configuration". */
function samplingOf(variables: Variables): Sampling {
  const name = 'OTEL_TRACES_SAMPLER';
  const given = variables.get(name) ?? 'parentbased_always_on';
  const followsParent = given.startsWith('parentbased_');
  switch (given.replace(/^parentbased_/, '')) {
    case 'always_on':
      return { ratio: 1, followsParent };
    case 'always_off':
      return { ratio: 0, followsParent };
    case 'traceidratio': {
      const ratio = Number(variables.get('OTEL_TRACES_SAMPLER_ARG') ?? 1);
      if (ratio >= 0 && ratio <= 1) return { ratio, followsParent };
      variables.refuse('OTEL_TRACES_SAMPLER_ARG', 'a number from 0 to 1');
      return { ratio: 1, followsParent };
    }
    default:
      variables.refuse(
        name,
        'always_on, always_off, traceidratio, or one of these with parentbased_ in front of it',
      );
      return { ratio: 1, followsParent: true };
  }
}

/** What the variables of a process alone say, for a program that has no configuration file. */
export function telemetryOfProcess(
  env: Sources['env'],
  report: Sources['report'],
): TelemetrySettings | undefined {
  return telemetryOf(new Variables({}, { env, file: undefined, report, origins: new Map() }));
}
