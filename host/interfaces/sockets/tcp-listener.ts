import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { reasonOf } from '../../shared/host-error.ts';
import { Signal } from '../../shared/signal.ts';
import type { GuestSockets } from './guest-sockets.ts';
import { type Endpoint, type IpFamily, loopback, parseIp } from './ip-address.ts';

/** A connection that has come and was not accepted. */
export interface Incoming {
  readonly stream: Duplex;
  readonly remote: Endpoint;
  /** It counts no more. */
  readonly giveBack: () => void;
}

/** What may be listened on: a port of the private loopback, and the ports of this machine that lead there. */
export class TcpListener {
  readonly #sockets: GuestSockets;
  readonly #queue: Incoming[] = [];
  readonly #signal = new Signal();
  readonly #servers: Server[] = [];
  readonly #ends: (() => void)[] = [];
  #isClosed = false;

  /** @param backlog how many connections may wait to be accepted; more are refused */
  constructor(sockets: GuestSockets, family: IpFamily, port: number, backlog: () => number) {
    this.#sockets = sockets;
    const take = (incoming: Incoming): boolean => {
      if (this.#isClosed || this.#queue.length >= backlog()) {
        incoming.giveBack();
        return false;
      }
      this.#queue.push(incoming);
      this.#signal.notify();
      return true;
    };
    const { loopback: network, published } = sockets.worker;
    this.#ends.push(
      network.listen(family, port, (stream, from) =>
        take({ stream, remote: { ip: loopback[family], port: from }, giveBack() {} }),
      ),
    );
    for (const { port: own, protocol, publish } of published) {
      if (own === port && protocol === 'tcp' && publish !== undefined) this.#publish(publish, take);
    }
  }

  /** How many wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** The connection that came first; undefined where none waits. */
  next(): Incoming | undefined {
    return this.#queue.shift();
  }

  whenReady(): Promise<void> {
    return this.#signal.wait();
  }

  abort(reason: Error): void {
    this.#signal.fail(reason);
    this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of this.#ends) end();
    for (const server of this.#servers) server.close();
    for (const { stream, giveBack } of this.#queue) {
      stream.destroy();
      giveBack();
    }
    this.#queue.length = 0;
    this.#signal.notify();
  }

  /** Listens on a port of this machine. Where that is taken the listener has no outside, and the user is told. */
  #publish(port: number, take: (incoming: Incoming) => boolean): void {
    // At once: the port is to be open when the guest says that it listens.
    const { createServer } = process.getBuiltinModule('node:net');
    const { quota, tellOnce } = this.#sockets.worker;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      // Whoever takes it listens, too; until then it may break.
      socket.on('error', () => {});
      const ip = parseIp(socket.remoteAddress ?? '');
      const giveBack = quota.take('inbound');
      if (giveBack === undefined || ip === undefined) {
        giveBack?.();
        tellOnce(
          'a connection from outside was refused; dev.max_inbound_socket_connections_per_workload are open',
        );
        socket.destroy();
        return;
      }
      const remote = { ip, port: socket.remotePort ?? 0 };
      if (!take({ stream: socket, remote, giveBack })) socket.destroy();
    });
    this.#servers.push(server);
    server.on('error', (error) => tellOnce(`port ${port} can't be published: ${reasonOf(error)}`));
    server.listen({ host: '127.0.0.1', port });
  }
}
