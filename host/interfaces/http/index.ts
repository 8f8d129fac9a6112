import type { WorkerContext } from '../../runtime/interface.ts';
import type { ValuesOf } from '../../settings/setting.ts';
import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { outgoingHandler } from './client.ts';
import type { HttpConfig, Reach, SharedHttp } from './http-config.ts';
import { HttpPool } from './http-pool.ts';
import { httpOperations } from './operations.ts';
import { OutgoingRequests } from './outgoing-requests.ts';
import type { settings as httpSettings } from './settings.ts';
import { httpTypes } from './types.ts';

type Worker = WorkerContext<SharedHttp | undefined>;

/** `wasi:http`: requests that come, and those that a component sends. */
export const httpInterface: HostInterface<HttpConfig, HttpPool, typeof httpSettings> = {
  name: 'http',
  packages: { 'wasi:http': wasi02 },
  operations: httpOperations,
  configure: configOf,
  requireUsable: requireTrust,
  configureComponent: ({ allowedHosts }): Reach => allowedHosts,
  start(config, worker) {
    const requests = new OutgoingRequests(config, worker as Worker);
    return {
      imports: (guest, own) => ({
        'wasi:http/outgoing-handler': outgoingHandler(requests, guest, own as Reach),
        'wasi:http/types': httpTypes(guest.holdings),
      }),
      receive: (message) => requests.receive(message),
    };
  },
  startPool: (context) => new HttpPool(context),
};

/** `wasi:http` 0.3. */
export const http03Interface: HostInterface<HttpConfig, HttpPool, typeof httpSettings> = {
  name: 'http03',
  packages: { 'wasi:http': wasi03 },
  configure: configOf,
  requireUsable: requireTrust,
  configureComponent: ({ allowedHosts }): Reach => allowedHosts,
  async start(config, worker) {
    const [{ httpTypes: types }, { client }] = await Promise.all([
      import('./p3/types.ts'),
      import('./p3/client.ts'),
    ]);
    const requests = new OutgoingRequests(config, worker as Worker);
    return {
      imports: (guest, own) => {
        const outgoing = client(requests, guest, own as Reach);
        return ofTrack03({
          'wasi:http/client': outgoing.client,
          'wasi:http/handler': outgoing.handler,
          'wasi:http/types': types(guest.holdings),
        });
      },
      receive: (message) => requests.receive(message),
    };
  },
  startPool: (context) => new HttpPool(context),
};

export const interfaces = [httpInterface, http03Interface];

function configOf(settings: ValuesOf<(typeof httpSettings)[number]>): HttpConfig {
  const { maxConnections = Number.POSITIVE_INFINITY, maxOutboundHttpConnections } = settings;
  return {
    trust: {
      roots: settings.httpClientTrustRoots,
      paths: settings.httpClientCaPaths.map(({ path }) => path),
    },
    mostConnections: Math.min(maxConnections, maxOutboundHttpConnections),
    connectionWait: settings.httpConnectionWait,
  };
}

async function requireTrust({ httpClientCaPaths }: ValuesOf<(typeof httpSettings)[number]>): Promise<void> {
  if (httpClientCaPaths.length === 0) return;
  const { requireCertificates } = await import('./outgoing/require-certificates.ts');
  await requireCertificates(httpClientCaPaths);
}
