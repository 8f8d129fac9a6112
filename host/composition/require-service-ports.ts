import type { PublishedPort } from '../interfaces/sockets/published-port.ts';
import type { ServiceSetting } from '../settings/service-setting.ts';

interface OfServices {
  readonly service: ServiceSetting | undefined;
  readonly servicePorts: readonly PublishedPort[];
}

/** Rejects with a `HostError` (`address`) where a port that a service is to have of this machine can't be opened. */
export async function requireServicePorts({ service, servicePorts }: OfServices): Promise<void> {
  if (service === undefined || servicePorts.every(({ publish }) => publish === undefined)) return;
  const { requirePublishable } = await import('./require-publishable.ts');
  await requirePublishable(servicePorts);
}
