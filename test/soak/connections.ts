import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask.ts';
import type { Figure } from './figure.ts';
import { component, type HostCommand, ServedHost } from './served-host.ts';

const many = 1000;

/** Connections on which nothing comes, or a line of a head every few seconds; and as many as the process may have. */
export async function connections(command: HostCommand): Promise<Figure[]> {
  return [...(await silent(command)), ...(await exhausted(command))];
}

async function silent(command: HostCommand): Promise<Figure[]> {
  await using host = await ServedHost.start(command, [component('misbehave'), '--no-inspector']);
  const sockets = await open(host.url, many);
  const slow = sockets.filter((_, index) => index % 2 === 1);
  for (const socket of slow) socket.write('GET / HTTP/1.1\r\n');
  for (let round = 0; round < 4; round += 1) {
    await sleep(5000);
    for (const socket of slow) if (!socket.destroyed) socket.write(`x-${round}: 1\r\n`);
  }
  const left = await host.connections();
  for (const socket of sockets) socket.destroy();
  return [
    {
      name: `of ${many} silent and slow connections open after 20 s`,
      value: left,
      unit: '',
      wanted: { atMost: 0 },
    },
  ];
}

async function exhausted(command: HostCommand): Promise<Figure[]> {
  const options = { openFiles: 1024 };
  await using host = await ServedHost.start(command, [component('misbehave'), '--no-inspector'], options);
  const sockets = await open(host.url, 1100);
  const { status, milliseconds } = await ask(`${host.url}/leak`, 5000);
  for (const socket of sockets) socket.destroy();
  return [
    {
      name: 'a request behind 1,100 silent connections where 1,024 files may be open',
      value: status === 200 ? milliseconds : Number.POSITIVE_INFINITY,
      unit: 'ms',
      wanted: { atMost: 1000 },
    },
  ];
}

async function open(url: string, count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    await Promise.race([once(socket, 'connect'), sleep(100)]);
    sockets.push(socket);
  }
  return sockets;
}
