import type { Socket } from 'node:dgram';
import { type Endpoint, type IpFamily, ipText, isLoopback, parseIp } from './ip-address.ts';
import { hostSentinel } from './socket-policy.ts';

/** How many datagrams may be on their way to the system. */
const mostUnsent = 64;
/** How many of those who have sent something to a published port may be answered: the last ones. */
const mostPeers = 1024;

/** A datagram that has come. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly remote: Endpoint;
}

/** Who is told of what happens to a socket. */
interface HostUdpEvents {
  received(datagram: Datagram): void;
  /** One more may be sent. */
  sent(): void;
  failed(error: Error): void;
}

/** A UDP socket of this machine, opened when it is first needed. */
export class HostUdp {
  readonly #socket: Promise<Socket | undefined>;
  readonly #events: HostUdpEvents;
  /** Who has sent something, where the port is published. */
  readonly #peers: Set<string> | undefined;
  #unsent = 0;
  #isClosed = false;

  /** @param port of 127.0.0.1, where it is published; undefined: any, for what is sent out */
  constructor(family: IpFamily, port: number | undefined, events: HostUdpEvents) {
    this.#events = events;
    this.#peers = port === undefined ? undefined : new Set();
    this.#socket = this.#open(family, port);
  }

  get permit(): number {
    return mostUnsent - this.#unsent;
  }

  /** Whether an address may be answered because it has sent something. */
  answers(remote: Endpoint): boolean {
    return this.#peers?.has(keyOf(remote)) === true;
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    this.#unsent += 1;
    const copy = Uint8Array.from(bytes);
    const host = this.answers(to) && ipText(to.ip) === ipText(hostSentinel) ? '127.0.0.1' : ipText(to.ip);
    void this.#socket.then((socket) => {
      const done = (error: Error | null): void => {
        this.#unsent -= 1;
        if (error !== null && !this.#isClosed) this.#events.failed(error);
        this.#events.sent();
      };
      if (socket === undefined || this.#isClosed) done(null);
      else socket.send(copy, to.port, host, done);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What was handed over before is sent.
    void this.#socket.then((socket) => setImmediate(() => socket?.close()));
  }

  #open(family: IpFamily, port: number | undefined): Promise<Socket | undefined> {
    const { createSocket } = process.getBuiltinModule('node:dgram');
    const socket = createSocket({ type: family === 'ipv4' ? 'udp4' : 'udp6', ipv6Only: family === 'ipv6' });
    const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
    socket.on('error', (error) => {
      if (!this.#isClosed) this.#events.failed(error);
      resolve(undefined);
    });
    socket.on('message', (bytes, { address, port: from }) => {
      const ip = parseIp(address);
      if (ip === undefined || this.#isClosed) return;
      // The guest's own 127.0.0.1 is another one.
      const remote = { ip: isLoopback(ip) ? hostSentinel : ip, port: from };
      this.#remember(remote);
      this.#events.received({ bytes: Uint8Array.from(bytes), remote });
    });
    socket.bind(port ?? 0, port === undefined ? undefined : '127.0.0.1', () => resolve(socket));
    return promise;
  }

  #remember(remote: Endpoint): void {
    const peers = this.#peers;
    if (peers === undefined) return;
    const key = keyOf(remote);
    peers.delete(key);
    peers.add(key);
    const [oldest] = peers;
    if (peers.size > mostPeers && oldest !== undefined) peers.delete(oldest);
  }
}

function keyOf({ ip, port }: Endpoint): string {
  return `${ipText(ip)} ${port}`;
}
