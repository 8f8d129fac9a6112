import { parseInterfaceName } from '../../engine/decode/interface-name.ts';
import type { Setting } from '../../settings/setting.ts';
import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { socketOperations } from './operations.ts';
import type { settings as socketsSettings } from './settings.ts';
import type { SocketRules } from './socket-policy.ts';
import { SocketsPool } from './sockets-pool.ts';
import type { SocketsConfig } from './sockets-worker.ts';

/** Who may be reached is said of HTTP, too. */
type AllowedHosts = Setting<'allowedHosts', 'all' | readonly string[]>;

/**
 * `wasi:sockets` 0.2 and 0.3: TCP, UDP and name lookup, within the loopback that a workload has for itself and, as far as rules allow
 * it, outside. Both versions are one interface, because what speaks one of them may talk to what speaks the other.
 */
export const socketsInterface: HostInterface<
  SocketsConfig,
  SocketsPool,
  readonly [...typeof socketsSettings, AllowedHosts]
> = {
  name: 'sockets',
  packages: {
    'wasi:sockets': {
      matches: new RegExp(`${wasi02.matches.source}|${wasi03.matches.source}`),
      text: `${wasi02.text} and ${wasi03.text}`,
    },
  },
  operations: socketOperations,
  configure: (settings, imports) => ({
    tracks: tracksOf(imports.map(({ name }) => name)),
    published: settings.servicePorts,
    most: { outbound: settings.maxOutboundSockets, inbound: settings.maxInboundSockets },
  }),
  configureComponent: (settings): SocketRules => ({
    allowedHosts: settings.allowedHosts,
    allowedNames: settings.allowedIpNameLookups,
    loopbackPorts: settings.allowedHostLoopbackPorts,
  }),
  start: async (config, worker) => (await import('./sockets-worker.ts')).startSockets(config, worker),
  startPool: () => new SocketsPool(),
};

export const interfaces = [socketsInterface];

/** Which versions a component imports; both where it imports none. */
function tracksOf(names: readonly string[]): SocketsConfig['tracks'] {
  const versions = names
    .map(parseInterfaceName)
    .filter((name) => name.package === 'wasi:sockets')
    .map(({ version = '' }) => (wasi03.matches.test(version) ? '0.3' : '0.2'));
  return versions.length === 0 ? ['0.2', '0.3'] : [...new Set(versions)];
}
