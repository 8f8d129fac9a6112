import { basename } from 'node:path';
import { otelInterface } from '../../interfaces/otel/index.ts';
import type { TelemetrySettings } from '../../settings/telemetry-setting.ts';
import type { HostEvents } from '../host-events.ts';
import type { RunningHost } from '../running-host.ts';

/** The telemetry of a host: nothing, where nobody asked for it. */
export interface HostTelemetry extends AsyncDisposable {
  /** What the host is to be given. */
  readonly events: HostEvents;
  /** To be called once there is the host, so that what its components tell is sent, too. */
  attach(host: RunningHost): void;
}

/**
 * Has a host tell what it does, where its settings say to whom. To be ended after the host.
 *
 * @param path of the component
 */
export async function withTelemetry(
  settings: TelemetrySettings | undefined,
  path: string,
  events: HostEvents,
): Promise<HostTelemetry> {
  if (settings === undefined) return { events, attach() {}, async [Symbol.asyncDispose]() {} };
  const { Telemetry } = await import('./telemetry.ts');
  const telemetry = new Telemetry(settings, basename(path, '.wasm'), (text) => events.warning(text));
  return {
    events: telemetry.events(events),
    attach(host) {
      host.pool(otelInterface).onSignal = (signal, size, dropped) => telemetry.guest(signal, size, dropped);
    },
    [Symbol.asyncDispose]: () => telemetry.close(),
  };
}
