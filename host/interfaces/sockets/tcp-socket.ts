import { codeOf, type ErrorCode, isErrorCode } from './error-code.ts';
import type { Closable, GuestSockets } from './guest-sockets.ts';
import {
  type Endpoint,
  endpointText,
  type IpFamily,
  isBroadcast,
  isLoopback,
  isMapped,
  isMulticast,
  isSameIp,
  isUnspecified,
  loopback,
  parseIp,
} from './ip-address.ts';
import { hostSentinel } from './socket-policy.ts';
import { TcpConnection } from './tcp-connection.ts';
import { type Incoming, TcpListener } from './tcp-listener.ts';
import { TcpOptions } from './tcp-options.ts';

type State = 'unbound' | 'bound' | 'listening' | 'connecting' | 'connected' | 'closed';

const notAllowedToListen = 'only a command can listen: a service (dev.service_file), or what kvasi run runs';

/**
 * A TCP socket of a guest, for both versions of WASI. Its functions throw, or reject with, an `ErrorCode`. It is closed with the last
 * one that holds it: the guest's handle, and the streams.
 */
export class TcpSocket implements Closable {
  readonly family: IpFamily;
  readonly options: TcpOptions;
  readonly #sockets: GuestSockets;
  readonly #closed: () => void;
  #state: State = 'unbound';
  #local: Endpoint | undefined;
  #remote: Endpoint | undefined;
  /** Of the private loopback, where it has one. */
  #port: number | undefined;
  #connection: TcpConnection | undefined;
  #listener: TcpListener | undefined;
  /** Ends an attempt to connect. */
  readonly #abandoned = new AbortController();
  #holders = 1;

  /** Throws `new-socket-limit`. */
  constructor(sockets: GuestSockets, family: IpFamily, options = new TcpOptions()) {
    this.family = family;
    this.options = options;
    this.#sockets = sockets;
    this.#closed = sockets.opens(this);
  }

  get state(): State {
    return this.#state;
  }

  get localAddress(): Endpoint {
    return this.#local ?? refuse('invalid-state');
  }

  get remoteAddress(): Endpoint {
    return this.#remote ?? refuse('invalid-state');
  }

  /** Of a socket that is connected. */
  get connection(): TcpConnection {
    return this.#connection ?? refuse('invalid-state');
  }

  /** Of a socket that listens. */
  get listener(): TcpListener {
    return this.#listener ?? refuse('invalid-state');
  }

  bind(endpoint: Endpoint): void {
    this.#requireUnicast(endpoint);
    if (this.#state !== 'unbound') refuse('invalid-state');
    const { ip, port } = endpoint;
    const isPrivate = isUnspecified(ip) || (isLoopback(ip) && !isSameIp(ip, hostSentinel));
    if (!this.#sockets.mayListen || !isPrivate) {
      const advice = this.#sockets.mayListen
        ? 'a command listens on 127.0.0.1 or 0.0.0.0, and dev.service_ports lead there'
        : notAllowedToListen;
      throw this.#sockets.denied(`listening on ${endpointText(endpoint)}`, advice);
    }
    const taken = this.#sockets.worker.loopback.take('tcp', this.family, port);
    if (taken === undefined) refuse('address-in-use');
    this.#port = taken;
    this.#local = { ip: isUnspecified(ip) ? loopback[this.family] : ip, port: taken };
    this.#state = 'bound';
  }

  listen(): void {
    if (this.#state !== 'bound' || this.#port === undefined) refuse('invalid-state');
    const started = performance.now();
    this.#listener = new TcpListener(this.#sockets, this.family, this.#port, () => this.options.backlog);
    this.#state = 'listening';
    this.#sockets.note('tcp.listen', endpointText(this.localAddress), [], undefined, started);
  }

  /** The connection that came first, as a socket of its own; undefined where none waits. */
  accept(): TcpSocket | undefined {
    const { listener } = this;
    if (listener.waiting > 0 && !this.#sockets.hasRoom) refuse('new-socket-limit');
    const started = performance.now();
    const incoming = listener.next();
    if (incoming === undefined) return undefined;
    const accepted = new TcpSocket(this.#sockets, this.family, this.options.inherited());
    accepted.#connected(incoming, { ...this.localAddress });
    this.#sockets.note('tcp.accept', endpointText(incoming.remote), [], undefined, started);
    return accepted;
  }

  /** Begins to connect, and throws what can be said at once. Resolves when it is connected. */
  connect(endpoint: Endpoint): Promise<void> {
    if (this.#state !== 'unbound' && this.#state !== 'bound') refuse('invalid-state');
    this.#requireUnicast(endpoint);
    if (isUnspecified(endpoint.ip) || endpoint.port === 0) refuse('invalid-argument');
    this.#state = 'connecting';
    const target = endpointText(endpoint);
    return this.#sockets.perform('tcp.connect', target, async () => {
      try {
        const [incoming, local] = await this.#open(endpoint);
        if (this.#state === 'connecting') {
          this.#connected({ ...incoming, remote: endpoint }, local);
          return;
        }
        incoming.stream.destroy();
        incoming.giveBack();
        refuse('connection-aborted');
      } catch (thrown) {
        if (this.#state === 'connecting') this.#state = 'closed';
        throw isErrorCode(thrown) ? thrown : codeOf(thrown);
      }
    });
  }

  /** A stream holds it, too. The answer lets it go. */
  hold(): () => void {
    this.#holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.letGo();
    };
  }

  /** One that held it does so no more. */
  letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.close();
  }

  close(): void {
    this.#end();
    this.#listener?.close();
    if (this.#connection === undefined) this.#givePort();
    else this.#connection.close();
  }

  abort(reason: Error): void {
    this.#end();
    this.#listener?.abort(reason);
    if (this.#connection === undefined) this.#givePort();
    else this.#connection.abort(reason);
  }

  async #open(endpoint: Endpoint): Promise<[Omit<Incoming, 'remote'>, Endpoint]> {
    const { policy } = this.#sockets;
    const { loopback: network, quota } = this.#sockets.worker;
    const destination = policy.destination(endpoint, 'tcp');
    if (destination.plane === 'denied')
      throw this.#sockets.denied(`TCP to ${endpointText(endpoint)}`, destination.advice);
    if (destination.plane === 'private') {
      this.#port ??= network.take('tcp', this.family, 0) ?? refuse('address-in-use');
      const stream = await network.connect(this.family, endpoint.port, this.#port);
      return [
        { stream, giveBack() {} },
        { ip: loopback[this.family], port: this.#port },
      ];
    }
    const giveBack = quota.take('outbound');
    if (giveBack === undefined) {
      this.#sockets.worker.tellOnce(
        'a connection was refused; dev.max_outbound_socket_connections_per_workload are open',
      );
      refuse('out-of-memory');
    }
    try {
      const { connectTo } = await import('./host-tcp.ts');
      const socket = await connectTo(destination.endpoint, this.#abandoned.signal);
      const ip = parseIp(socket.localAddress ?? '') ?? loopback[this.family];
      return [
        { stream: socket, giveBack },
        { ip, port: socket.localPort ?? 0 },
      ];
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  #connected({ stream, remote, giveBack }: Incoming, local: Endpoint): void {
    this.options.applyTo(stream);
    this.#state = 'connected';
    this.#local = local;
    this.#remote = remote;
    this.#connection = new TcpConnection(stream, () => {
      giveBack();
      this.#givePort();
    });
  }

  #end(): void {
    if (this.#state === 'connecting') this.#abandoned.abort(new Error('the socket was closed'));
    this.#state = 'closed';
    this.#closed();
  }

  #givePort(): void {
    if (this.#port !== undefined) this.#sockets.worker.loopback.give('tcp', this.family, this.#port);
    this.#port = undefined;
  }

  #requireUnicast({ ip }: Endpoint): void {
    if (ip.family !== this.family || isMulticast(ip) || isBroadcast(ip) || isMapped(ip))
      refuse('invalid-argument');
  }
}

function refuse(code: ErrorCode): never {
  throw code;
}
