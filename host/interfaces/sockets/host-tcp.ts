import { connect, type Socket } from 'node:net';
import { type Endpoint, ipText } from './ip-address.ts';

/** Connects to an address of this machine's network. Rejects with the error of Node, or once the signal is aborted. */
export function connectTo({ ip, port }: Endpoint, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({
    host: ipText(ip),
    port,
    family: ip.family === 'ipv4' ? 4 : 6,
    allowHalfOpen: true,
    noDelay: true,
  });
  const giveUp = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  socket.once('error', reject);
  socket.once('connect', () => {
    signal.removeEventListener('abort', giveUp);
    socket.off('error', reject);
    // Whoever takes it listens, too; until then it may break.
    socket.on('error', () => {});
    resolve(socket);
  });
  return promise;
}
