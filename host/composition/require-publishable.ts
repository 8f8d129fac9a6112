import type { Socket } from 'node:dgram';
import type { Server } from 'node:net';
import type { PublishedPort } from '../interfaces/sockets/published-port.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { systemCode } from '../shared/system-code.ts';
import { ownerOfPort } from '../triggers/http/port-owner.ts';

/**
 * Looks whether the ports of this machine that lead to a service or command can be opened, before it is run: the guest opens them itself
 * when it listens, and nobody would wait for a port by then. Rejects with a `HostError` (`address`) that says who has the port.
 */
export async function requirePublishable(ports: readonly PublishedPort[]): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const taken = new Set<string>();
  for (const { protocol, publish, isOfCall } of ports) {
    if (publish === undefined) continue;
    const advice = isOfCall === true ? adviceOnCall : adviceOnFile;
    const name = protocol === 'udp' ? `UDP port ${publish}` : `port ${publish}`;
    if (taken.has(name)) throw new HostError('address', `${name} is published twice. ${advice}`);
    taken.add(name);
    try {
      opened.use(await (protocol === 'udp' ? openUdp(publish) : openTcp(publish)));
    } catch (cause) {
      const reason = await whyTaken(cause, publish, protocol);
      throw new HostError('address', `${name} can't be published: ${reason}. ${advice}`, { cause });
    }
  }
}

const adviceOnCall = 'Take another one, as in --publish 18080:7777, where 7777 is that of the component.';
const adviceOnFile = 'Name another one as publish of dev.service_ports.';

async function openTcp(port: number): Promise<AsyncDisposable> {
  const { createServer } = await import('node:net');
  const server = createServer((socket) => socket.destroy());
  return await opened(server, () => server.listen({ host: '127.0.0.1', port }));
}

async function openUdp(port: number): Promise<AsyncDisposable> {
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4');
  return await opened(socket, () => socket.bind(port, '127.0.0.1'));
}

async function opened(opening: Server | Socket, open: () => void): Promise<AsyncDisposable> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  opening.once('error', reject).once('listening', resolve);
  open();
  await promise;
  return {
    [Symbol.asyncDispose]: () => new Promise((resolve) => opening.close(() => resolve())),
  };
}

async function whyTaken(cause: unknown, port: number, protocol: 'tcp' | 'udp'): Promise<string> {
  switch (systemCode(cause)) {
    case 'EADDRINUSE': {
      const owner = protocol === 'tcp' ? await ownerOfPort(port) : undefined;
      return `it is in use by ${owner ?? 'another process'}`;
    }
    case 'EACCES':
      return 'it needs more rights, as ports below 1024 do';
    default:
      return reasonOf(cause);
  }
}
