import type { HostImports } from '../../engine/link/host-imports.ts';
import type { WorkerContext, WorkerPart } from '../../runtime/interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { GuestSockets } from './guest-sockets.ts';
import type { SharedSockets, ToSockets } from './messages.ts';
import { PortTable } from './port-table.ts';
import { PrivateLoopback } from './private-loopback.ts';
import type { PublishedPort } from './published-port.ts';
import { type Direction, Quota, quotaBuffer } from './quota.ts';
import { SocketPolicy, type SocketRules } from './socket-policy.ts';

/** How many different things the user is told of, at most. */
const mostTold = 100;

/** What sockets are configured by. */
export interface SocketsConfig {
  /** The versions of WASI that a component imports them of. */
  readonly tracks: readonly ('0.2' | '0.3')[];
  readonly published: readonly PublishedPort[];
  readonly most: Readonly<Record<Direction, number>>;
}

/** Starts `wasi:sockets` on a worker. */
export async function startSockets(
  config: SocketsConfig,
  { shared, interceptor, post, tell }: WorkerContext,
): Promise<WorkerPart> {
  const parts = (shared as SharedSockets | undefined) ?? alone();
  const loopback = new PrivateLoopback(parts, post);
  const told = new Set<string>();
  const worker = {
    loopback,
    quota: new Quota(parts.totals, parts.own, config.most),
    published: config.published,
    interceptor,
    tellOnce(text: string) {
      if (told.has(text) || told.size >= mostTold) return;
      told.add(text);
      tell(text);
    },
  };
  // What Node loads when a port is opened, so that it is open as soon as the guest says that it listens.
  if (config.published.length > 0)
    for (const name of ['node:net', 'node:dns', 'node:cluster'] as const) process.getBuiltinModule(name);
  const makers = await Promise.all(config.tracks.map(makerOf));
  return {
    imports(guest, own) {
      const sockets = new GuestSockets(guest, worker, new SocketPolicy(own as SocketRules));
      return Object.assign({}, ...makers.map((make) => make(sockets)));
    },
    receive: (message) => loopback.hear(message as ToSockets),
  };
}

async function makerOf(track: '0.2' | '0.3'): Promise<(guest: GuestSockets) => HostImports> {
  if (track === '0.2') return (await import('./p2.ts')).sockets;
  const { sockets } = await import('./p3.ts');
  return (guest) => ofTrack03(sockets(guest));
}

/** Where nobody else is, as when it is looked which functions there are. */
function alone(): SharedSockets {
  return { ports: new PortTable().buffer, owner: 1, totals: quotaBuffer(), own: quotaBuffer() };
}
