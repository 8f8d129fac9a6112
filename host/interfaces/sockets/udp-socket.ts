import { Signal } from '../../shared/signal.ts';
import { codeOf, type ErrorCode } from './error-code.ts';
import type { Closable, GuestSockets } from './guest-sockets.ts';
import { type Datagram, HostUdp } from './host-udp.ts';
import {
  type Endpoint,
  endpointText,
  type IpFamily,
  isLoopback,
  isMapped,
  isSameEndpoint,
  isSameIp,
  isUnspecified,
  loopback,
} from './ip-address.ts';
import type { PrivateDatagram } from './messages.ts';
import { hostSentinel } from './socket-policy.ts';
import { bufferSize } from './tcp-options.ts';

/** How much may wait to be received: as many datagrams, and bytes of them. More is dropped, as datagrams may be. */
const mostWaiting = 256;
const mostWaitingBytes = 1024 * 1024;
/** The most that a datagram can carry, over IPv4 (RFC 768, RFC 791). */
const largestDatagram = 65_507;

/** A UDP socket of a guest, for both versions of WASI. Its functions throw an `ErrorCode`. */
export class UdpSocket implements Closable {
  readonly family: IpFamily;
  hopLimit = 64;
  #receiveBuffer = 212_992n;
  #sendBuffer = 212_992n;
  readonly #sockets: GuestSockets;
  readonly #closed: () => void;
  readonly #readable = new Signal();
  readonly #writable = new Signal();
  readonly #waiting: Datagram[] = [];
  #waitingBytes = 0;
  #local: Endpoint | undefined;
  #remote: Endpoint | undefined;
  readonly #ends: (() => void)[] = [];
  #host: HostUdp | undefined;
  #error: ErrorCode | undefined;

  /** Throws `new-socket-limit`. */
  constructor(sockets: GuestSockets, family: IpFamily) {
    this.family = family;
    this.#sockets = sockets;
    this.#closed = sockets.opens(this);
  }

  get isBound(): boolean {
    return this.#local !== undefined;
  }

  get localAddress(): Endpoint {
    return this.#local ?? refuse('invalid-state');
  }

  get remoteAddress(): Endpoint {
    return this.#remote ?? refuse('invalid-state');
  }

  get receiveBufferSize(): bigint {
    return this.#receiveBuffer;
  }

  set receiveBufferSize(size: bigint) {
    this.#receiveBuffer = bufferSize(size);
  }

  get sendBufferSize(): bigint {
    return this.#sendBuffer;
  }

  set sendBufferSize(size: bigint) {
    this.#sendBuffer = bufferSize(size);
  }

  /** Takes a port of the private loopback; what is sent elsewhere goes out by a socket of this machine. */
  bind(endpoint: Endpoint): void {
    const { ip, port } = endpoint;
    if (ip.family !== this.family || isMapped(ip)) refuse('invalid-argument');
    if (this.#local !== undefined) refuse('invalid-state');
    const isRight = isUnspecified(ip) || (isLoopback(ip) && !isSameIp(ip, hostSentinel));
    if (!isRight) {
      const advice = 'it is bound to 127.0.0.1 or 0.0.0.0, and dev.service_ports lead there';
      throw this.#sockets.denied(`receiving on ${endpointText(endpoint)}`, advice);
    }
    const started = performance.now();
    const { loopback: network, published } = this.#sockets.worker;
    const taken = network.take('udp', this.family, port) ?? refuse('address-in-use');
    this.#local = { ip: isUnspecified(ip) ? loopback[this.family] : ip, port: taken };
    this.#ends.push(
      network.receive(this.family, taken, (datagram) => this.#receivePrivate(datagram)),
      network.onSent(() => this.#writable.notify()),
      () => network.give('udp', this.family, taken),
    );
    const outside = published.find(({ port: own, protocol }) => own === taken && protocol === 'udp');
    if (outside?.publish !== undefined && this.#sockets.mayListen) this.#openHost(outside.publish);
    this.#sockets.note('udp.bind', endpointText(this.#local), [], undefined, started);
  }

  /** Binds it to any port where it is not bound. */
  bindSomewhere(): void {
    if (this.#local === undefined) this.bind({ ip: loopback[this.family], port: 0 });
  }

  /** From now on it sends to, and receives from, this address only. */
  connect(remote: Endpoint): void {
    this.#requireTarget(remote);
    const destination = this.#sockets.policy.destination(remote, 'udp');
    if (destination.plane === 'denied')
      throw this.#sockets.denied(`UDP to ${endpointText(remote)}`, destination.advice);
    this.#remote = remote;
    this.#drop(({ remote: from }) => !isSameEndpoint(from, remote));
  }

  /** From now on it sends to, and receives from, any address. */
  disconnect(): void {
    this.#remote = undefined;
  }

  /** Whether something may be sent, or something has gone wrong. */
  get isWritable(): boolean {
    return this.#error !== undefined || this.#room > 0;
  }

  /** How many datagrams may be sent now. Throws what went wrong with those before. */
  get permit(): number {
    this.#throwError();
    return this.#room;
  }

  get #room(): number {
    return Math.min(this.#sockets.worker.loopback.permit, this.#host?.permit ?? Number.POSITIVE_INFINITY);
  }

  send(bytes: Uint8Array, to: Endpoint | undefined): void {
    this.#throwError();
    const remote = to ?? this.#remote ?? refuse('invalid-argument');
    if (this.#remote !== undefined && !isSameEndpoint(remote, this.#remote)) refuse('invalid-argument');
    this.#requireTarget(remote);
    if (bytes.length > largestDatagram) refuse('datagram-too-large');
    if (this.#host?.answers(remote) === true) {
      this.#host.send(bytes, remote);
      return;
    }
    const { policy } = this.#sockets;
    const { loopback: network } = this.#sockets.worker;
    const destination = policy.destination(remote, 'udp');
    if (destination.plane === 'denied')
      throw this.#sockets.denied(`UDP to ${endpointText(remote)}`, destination.advice);
    if (destination.plane === 'host') {
      this.#openHost(undefined).send(bytes, destination.endpoint);
      return;
    }
    const { port: from } = this.localAddress;
    network.send(this.family, { from, to: remote.port, bytes: Uint8Array.from(bytes) });
  }

  /** Resolves when more may be sent, or something has gone wrong. */
  whenWritable(): Promise<void> {
    return this.#writable.wait();
  }

  get hasDatagram(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether there is a datagram, or something has gone wrong. */
  get hasInput(): boolean {
    return this.#waiting.length > 0 || this.#error !== undefined;
  }

  whenReadable(): Promise<void> {
    return this.#readable.wait();
  }

  /** The datagram that came first; undefined where none has. */
  receive(): Datagram | undefined {
    const datagram = this.#waiting.shift();
    if (datagram === undefined) {
      this.#throwError();
      return undefined;
    }
    this.#waitingBytes -= datagram.bytes.length;
    return datagram;
  }

  close(): void {
    this.#closed();
    for (const end of this.#ends) end();
    this.#ends.length = 0;
    this.#host?.close();
    this.#waiting.length = 0;
  }

  abort(reason: Error): void {
    this.#readable.fail(reason);
    this.#writable.fail(reason);
    this.close();
  }

  #openHost(port: number | undefined): HostUdp {
    if (this.#host !== undefined) return this.#host;
    const { quota, tellOnce } = this.#sockets.worker;
    const giveBack = quota.take(port === undefined ? 'outbound' : 'inbound');
    if (giveBack === undefined) {
      tellOnce(
        'a UDP socket was refused; as many as dev.max_outbound_socket_connections_per_workload are open',
      );
      refuse('out-of-memory');
    }
    const host = new HostUdp(this.family, port, {
      received: (datagram) => this.#receive(datagram),
      sent: () => this.#writable.notify(),
      failed: (error) => {
        if (port !== undefined) tellOnce(`UDP port ${port} can't be published: ${error.message}`);
        this.#error ??= codeOf(error);
        this.#readable.notify();
        this.#writable.notify();
      },
    });
    this.#host = host;
    this.#ends.push(giveBack);
    return host;
  }

  #receivePrivate(datagram: PrivateDatagram): void {
    this.#receive({ bytes: datagram.bytes, remote: { ip: loopback[this.family], port: datagram.from } });
    this.#sockets.worker.loopback.taken(datagram);
  }

  #receive(datagram: Datagram): void {
    const { bytes, remote } = datagram;
    if (this.#remote !== undefined && !isSameEndpoint(this.#remote, remote)) return;
    const isFull =
      this.#waiting.length >= mostWaiting || this.#waitingBytes + bytes.length > mostWaitingBytes;
    if (isFull) return;
    this.#waiting.push(datagram);
    this.#waitingBytes += bytes.length;
    this.#readable.notify();
  }

  #drop(isWrong: (datagram: Datagram) => boolean): void {
    const kept = this.#waiting.filter((datagram) => !isWrong(datagram));
    this.#waiting.splice(0, this.#waiting.length, ...kept);
    this.#waitingBytes = kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #throwError(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
  }

  #requireTarget({ ip, port }: Endpoint): void {
    if (ip.family !== this.family || isMapped(ip) || isUnspecified(ip) || port === 0)
      refuse('invalid-argument');
  }
}

function refuse(code: ErrorCode): never {
  throw code;
}
