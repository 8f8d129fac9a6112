import type { telemetrySetting } from '../../settings/telemetry-setting.ts';
import type { HostInterface } from '../host-interface.ts';
import type { ToOtelWorker } from './messages.ts';
import { otel } from './otel.ts';
import { OtelPool } from './otel-pool.ts';
import { OtelWorker } from './otel-worker.ts';

/** `wasi:otel`: spans, logs and metrics of a component's own, below the span of the request that it serves. */
export const otelInterface: HostInterface<boolean, OtelPool, readonly [typeof telemetrySetting]> = {
  name: 'otel',
  packages: { 'wasi:otel': { matches: /^0\.2\.0-rc\.2$/, text: '0.2.0-rc.2' } },
  configure: ({ telemetry }) => telemetry !== undefined,
  start(isWanted, worker) {
    const told = new OtelWorker(isWanted, worker);
    return {
      imports: (guest) => otel(guest.trace, told),
      receive: (message) => told.receive(message as ToOtelWorker),
    };
  },
  startPool: () => new OtelPool(),
};

export const interfaces = [otelInterface];
