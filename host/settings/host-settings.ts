import { buildSetting } from './build-setting.ts';
import { address, between, oneOf, path, timer } from './kind.ts';
import { limitsSetting } from './limits.ts';
import { oneValue } from './one-value.ts';
import { schedulesSetting } from './schedules-setting.ts';
import { serviceSetting } from './service-setting.ts';
import { telemetrySetting } from './telemetry-setting.ts';
import { tlsSetting } from './tls-setting.ts';

/** How instances of a component are used: a new one for each request, or the same one again. */
export const INSTANCE_MODES = ['fresh', 'reuse'] as const;
export type InstanceMode = (typeof INSTANCE_MODES)[number];

/** How much the host tells, from nothing to everything. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Milliseconds. */
export const DEFAULT_REQUEST_TIMEOUT = 30_000;

/** The settings that belong to no interface. To add one, add it here. */
export const hostSettings = [
  oneValue({
    name: 'component',
    explanation: 'The component to run.',
    kind: path,
    key: 'dev.component_path',
    weakerKeys: { 'build.component_path': 'The component that the command makes.' },
    variable: 'KVASI_COMPONENT',
    flag: { name: 'component', takes: 'a path' },
    default: undefined,
  }),
  oneValue({
    name: 'address',
    explanation: 'Where the server listens; port 0 takes a free one.',
    kind: address,
    key: 'dev.address',
    variable: 'KVASI_ADDRESS',
    flag: { name: '--address', takes: 'host:port' },
    default: { host: 'localhost', port: 8000 },
  }),
  tlsSetting,
  oneValue({
    name: 'instances',
    explanation:
      '`fresh`: a new instance for each request; `reuse`: instances are used again and keep their memory, and those of WASI 0.3 serve several requests at once.',
    kind: oneOf(INSTANCE_MODES),
    key: 'dev.instances',
    variable: 'KVASI_INSTANCES',
    flag: { name: '--instances', takes: 'mode' },
    default: 'fresh',
  }),
  oneValue({
    name: 'threads',
    explanation:
      'How many threads run the component, from 1 to 64; one is fastest unless a request computes for milliseconds.',
    kind: between(1, 64),
    key: 'dev.threads',
    variable: 'KVASI_THREADS',
    flag: { name: '--threads', takes: 'n' },
    default: 1,
  }),
  oneValue({
    name: 'requestTimeout',
    explanation:
      'How long a request may go without progress until it is answered 504, such as `30s`, `500ms`, `2m`, or a number of milliseconds; at most 24 days.',
    kind: timer,
    key: 'dev.requestTimeout',
    variable: 'KVASI_REQUEST_TIMEOUT',
    flag: { name: '--request-timeout', takes: 'duration' },
    default: DEFAULT_REQUEST_TIMEOUT,
  }),
  limitsSetting,
  oneValue({
    name: 'logLevel',
    explanation: 'How much is printed.',
    kind: oneOf(LOG_LEVELS),
    variable: 'KVASI_LOG_LEVEL',
    flag: { name: '--log-level', takes: 'level', isChoice: true },
    default: 'info',
  }),
  buildSetting,
  serviceSetting,
  schedulesSetting,
  telemetrySetting,
] as const;
