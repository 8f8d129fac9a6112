import { expect, test } from 'vitest';
import { explainSettings } from '../../host/composition/explain-settings.ts';
import { resolveSettings } from '../../host/composition/settings.ts';

const resolve = (env: Readonly<Record<string, string>>, dev: Readonly<Record<string, unknown>> = {}) =>
  resolveSettings({ cwd: '/', env, flags: {}, given: { name: 'file', data: { dev } } });
const telemetryOf = async (env: Readonly<Record<string, string>>) => (await resolve(env)).settings.telemetry;

test('without an endpoint there is no telemetry', async () => {
  expect(await telemetryOf({})).toBeUndefined();
  expect(await telemetryOf({ OTEL_SERVICE_NAME: 'x', OTEL_EXPORTER_OTLP_HEADERS: 'a=b' })).toBeUndefined();
  expect(await telemetryOf({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toBeUndefined();
  const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318', OTEL_SDK_DISABLED: 'TRUE' };
  expect(await telemetryOf(disabled)).toBeUndefined();
});

test('one endpoint has a path for each signal, and an own one is used as it is', async () => {
  const all = await telemetryOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318/base/' });
  expect(all?.endpoints).toEqual({
    traces: 'http://h:4318/base/v1/traces',
    metrics: 'http://h:4318/base/v1/metrics',
    logs: 'http://h:4318/base/v1/logs',
  });
  const own = await telemetryOf({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/here',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,a=b',
    OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'a=c',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=named,region=north',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.5',
    OTEL_METRIC_EXPORT_INTERVAL: '500',
  });
  expect(own).toMatchObject({
    endpoints: { traces: 'https://t/here', logs: 'http://h:4318/v1/logs' },
    headers: { traces: { authorization: 'Bearer x', a: 'b' }, logs: { a: 'c' } },
    serviceName: 'named',
    attributes: { region: 'north' },
    sampling: { ratio: 0.5, followsParent: false },
    metricInterval: 500,
  });
  expect(own?.endpoints.metrics).toBeUndefined();
});

test('variables of the file win over those of the process, as in wash; others of it have no effect, which is told', async () => {
  const { settings, warnings } = await resolve(
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://process:1' },
    { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://file:2', RUST_LOG: 'debug' }, wasi_otel: true },
  );
  expect(settings.telemetry?.endpoints.traces).toBe('http://file:2/v1/traces');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('dev.environment.RUST_LOG has no effect');
});

test.for([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4317', 'the URL of a receiver'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'http/json or http/protobuf: kvasi sends OTLP over HTTP'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'no pair', 'a list such as key=value'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', 'a number of milliseconds'],
  ['OTEL_TRACES_SAMPLER', 'sometimes', 'always_on'],
] as const)('%s that is %s is told, and kvasi starts', async ([name, value, expected]) => {
  const { warnings } = await resolve({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318', [name]: value });
  expect(warnings.join('\n')).toContain(`${name} has no effect. Expected ${expected}`);
});

test('kvasi config shows where telemetry goes, and no header', async () => {
  const resolved = await resolve({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hush@h:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hush',
  });
  const shown = JSON.stringify(await explainSettings(resolved));
  expect(shown).toContain('telemetry.traces');
  expect(shown).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  expect(shown).not.toContain('hush');
});
