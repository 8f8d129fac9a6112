import { Signal } from '../../shared/signal.ts';
import { Pollable } from '../io/poll.ts';
import { InputStream, OutputStream } from '../io/streams.ts';
import { type ErrorCode, isErrorCode } from './error-code.ts';
import type { GuestSockets } from './guest-sockets.ts';
import { endpointOf, type IpFamily, type WitEndpoint, witEndpoint } from './ip-address.ts';
import { TcpSocket } from './tcp-socket.ts';

type Streams = [InputStream, OutputStream];

/** `wasi:sockets/tcp` tcp-socket: what takes two steps is done by the first, and told by the second. */
export class TcpSocket2 {
  readonly #socket: TcpSocket;
  readonly #guest: GuestSockets;
  /** What was begun and not finished. */
  #begun: 'bind' | 'listen' | 'connect' | undefined;
  readonly #connecting = new Signal();
  #isConnecting = false;
  #failure: ErrorCode | undefined;

  private constructor(socket: TcpSocket, guest: GuestSockets) {
    this.#socket = socket;
    this.#guest = guest;
  }

  static create(guest: GuestSockets, family: IpFamily): TcpSocket2 {
    return new TcpSocket2(new TcpSocket(guest, family), guest);
  }

  startBind(_network: unknown, address: WitEndpoint): void {
    this.#requireIdle();
    this.#socket.bind(endpointOf(address));
    this.#begun = 'bind';
  }

  finishBind(): void {
    this.#finish('bind');
  }

  startConnect(_network: unknown, address: WitEndpoint): void {
    this.#requireIdle();
    this.#isConnecting = true;
    let connected: Promise<void>;
    try {
      connected = this.#socket.connect(endpointOf(address));
    } catch (thrown) {
      this.#isConnecting = false;
      throw thrown;
    }
    this.#begun = 'connect';
    const forget = this.#guest.onEnd((reason) => this.#connecting.fail(reason));
    connected
      .catch((thrown: unknown) => {
        this.#failure = isErrorCode(thrown) ? thrown : 'unknown';
      })
      .finally(() => {
        forget();
        this.#isConnecting = false;
        this.#connecting.notify();
      });
  }

  finishConnect(): Streams {
    if (this.#begun !== 'connect') throw 'not-in-progress' satisfies ErrorCode;
    if (this.#isConnecting) throw 'would-block' satisfies ErrorCode;
    this.#begun = undefined;
    if (this.#failure !== undefined) throw this.#failure;
    return streamsOf(this.#socket);
  }

  startListen(): void {
    this.#requireIdle();
    this.#socket.listen();
    this.#begun = 'listen';
  }

  finishListen(): void {
    this.#finish('listen');
  }

  accept(): [TcpSocket2, ...Streams] {
    const accepted = this.#socket.accept();
    if (accepted === undefined) throw 'would-block' satisfies ErrorCode;
    return [new TcpSocket2(accepted, this.#guest), ...streamsOf(accepted)];
  }

  localAddress(): WitEndpoint {
    return witEndpoint(this.#socket.localAddress);
  }

  remoteAddress(): WitEndpoint {
    return witEndpoint(this.#socket.remoteAddress);
  }

  isListening(): boolean {
    return this.#socket.state === 'listening';
  }

  addressFamily(): IpFamily {
    return this.#socket.family;
  }

  setListenBacklogSize(value: bigint): void {
    this.#socket.options.setBacklog(value);
    if (this.#socket.state === 'connecting' || this.#socket.state === 'connected')
      throw 'invalid-state' satisfies ErrorCode;
  }

  keepAliveEnabled(): boolean {
    return this.#socket.options.keepAliveEnabled;
  }

  setKeepAliveEnabled(value: boolean): void {
    this.#socket.options.keepAliveEnabled = value;
    this.#apply();
  }

  keepAliveIdleTime(): bigint {
    return this.#socket.options.keepAliveIdleTime;
  }

  setKeepAliveIdleTime(value: bigint): void {
    this.#socket.options.setKeepAliveIdleTime(value);
    this.#apply();
  }

  keepAliveInterval(): bigint {
    return this.#socket.options.keepAliveInterval;
  }

  setKeepAliveInterval(value: bigint): void {
    this.#socket.options.setKeepAliveInterval(value);
  }

  keepAliveCount(): number {
    return this.#socket.options.keepAliveCount;
  }

  setKeepAliveCount(value: number): void {
    this.#socket.options.setKeepAliveCount(value);
  }

  hopLimit(): number {
    return this.#socket.options.hopLimit;
  }

  setHopLimit(value: number): void {
    this.#socket.options.setHopLimit(value);
  }

  receiveBufferSize(): bigint {
    return this.#socket.options.receiveBufferSize;
  }

  setReceiveBufferSize(value: bigint): void {
    this.#socket.options.setReceiveBufferSize(value);
  }

  sendBufferSize(): bigint {
    return this.#socket.options.sendBufferSize;
  }

  setSendBufferSize(value: bigint): void {
    this.#socket.options.setSendBufferSize(value);
  }

  /** Ready when what was begun can be finished, and when a connection has come to a socket that listens. */
  subscribe(): Pollable {
    return new Pollable(
      () => (this.isListening() ? this.#socket.listener.waiting > 0 : !this.#isConnecting),
      () => (this.isListening() ? this.#socket.listener.whenReady() : this.#connecting.wait()),
    );
  }

  shutdown(how: 'receive' | 'send' | 'both'): void {
    const { connection } = this.#socket;
    if (how !== 'send') connection.shutRead();
    if (how !== 'receive') connection.shutWrite();
  }

  [Symbol.dispose](): void {
    this.#socket.letGo();
  }

  #requireIdle(): void {
    if (this.#begun !== undefined) throw 'concurrency-conflict' satisfies ErrorCode;
  }

  #finish(what: 'bind' | 'listen'): void {
    if (this.#begun !== what) throw 'not-in-progress' satisfies ErrorCode;
    this.#begun = undefined;
  }

  #apply(): void {
    if (this.#socket.state === 'connected') this.#socket.options.applyTo(this.#socket.connection.stream);
  }
}

function streamsOf(socket: TcpSocket): Streams {
  const { source, sink } = socket.connection;
  const [inputGone, outputGone] = [socket.hold(), socket.hold()];
  const input = Object.create(source, { close: { value: inputGone } }) as typeof source;
  return [new InputStream(input), new OutputStream({ ...sink, close: outputGone })];
}
