import { trap } from '../../engine/guest-trap.ts';
import { Pollable, readyPollable } from '../io/poll.ts';
import type { ErrorCode } from './error-code.ts';
import type { GuestSockets } from './guest-sockets.ts';
import { endpointOf, type IpFamily, type WitEndpoint, witEndpoint } from './ip-address.ts';
import { atLeastOne } from './tcp-options.ts';
import { UdpSocket } from './udp-socket.ts';

/** How many datagrams one call receives, at most. */
const mostAtOnce = 64;

interface IncomingDatagram {
  readonly data: Uint8Array;
  readonly remoteAddress: WitEndpoint;
}

interface OutgoingDatagram {
  readonly data: Uint8Array;
  readonly remoteAddress?: WitEndpoint | undefined;
}

/** `wasi:sockets/udp` udp-socket. */
export class UdpSocket2 {
  readonly #socket: UdpSocket;
  #isBinding = false;
  /** Counts the pairs of streams: only the last one works. */
  #pairs = 0;

  private constructor(socket: UdpSocket) {
    this.#socket = socket;
  }

  static create(guest: GuestSockets, family: IpFamily): UdpSocket2 {
    return new UdpSocket2(new UdpSocket(guest, family));
  }

  startBind(_network: unknown, address: WitEndpoint): void {
    if (this.#isBinding) throw 'concurrency-conflict' satisfies ErrorCode;
    this.#socket.bind(endpointOf(address));
    this.#isBinding = true;
  }

  finishBind(): void {
    if (!this.#isBinding) throw 'not-in-progress' satisfies ErrorCode;
    this.#isBinding = false;
  }

  stream(remote: WitEndpoint | undefined): [IncomingDatagramStream, OutgoingDatagramStream] {
    if (!this.#socket.isBound || this.#isBinding) throw 'invalid-state' satisfies ErrorCode;
    if (remote === undefined) this.#socket.disconnect();
    else this.#socket.connect(endpointOf(remote));
    this.#pairs += 1;
    const pair = this.#pairs;
    const isLast = (): boolean => this.#pairs === pair;
    return [
      new IncomingDatagramStream(this.#socket, isLast),
      new OutgoingDatagramStream(this.#socket, isLast),
    ];
  }

  localAddress(): WitEndpoint {
    return witEndpoint(this.#socket.localAddress);
  }

  remoteAddress(): WitEndpoint {
    return witEndpoint(this.#socket.remoteAddress);
  }

  addressFamily(): IpFamily {
    return this.#socket.family;
  }

  unicastHopLimit(): number {
    return this.#socket.hopLimit;
  }

  setUnicastHopLimit(value: number): void {
    this.#socket.hopLimit = atLeastOne(value);
  }

  receiveBufferSize(): bigint {
    return this.#socket.receiveBufferSize;
  }

  setReceiveBufferSize(value: bigint): void {
    this.#socket.receiveBufferSize = value;
  }

  sendBufferSize(): bigint {
    return this.#socket.sendBufferSize;
  }

  setSendBufferSize(value: bigint): void {
    this.#socket.sendBufferSize = value;
  }

  subscribe(): Pollable {
    return readyPollable();
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** `wasi:sockets/udp` incoming-datagram-stream. */
export class IncomingDatagramStream {
  readonly #socket: UdpSocket;
  readonly #isLast: () => boolean;

  constructor(socket: UdpSocket, isLast: () => boolean) {
    this.#socket = socket;
    this.#isLast = isLast;
  }

  receive(most: bigint): IncomingDatagram[] {
    const datagrams: IncomingDatagram[] = [];
    if (!this.#isLast()) return datagrams;
    const wanted = most < BigInt(mostAtOnce) ? Number(most) : mostAtOnce;
    while (datagrams.length < wanted) {
      // What went wrong is told once what came before has been taken.
      if (datagrams.length > 0 && !this.#socket.hasDatagram) break;
      const datagram = this.#socket.receive();
      if (datagram === undefined) break;
      datagrams.push({ data: datagram.bytes, remoteAddress: witEndpoint(datagram.remote) });
    }
    return datagrams;
  }

  subscribe(): Pollable {
    return new Pollable(
      () => this.#socket.hasInput,
      () => this.#socket.whenReadable(),
    );
  }
}

/** `wasi:sockets/udp` outgoing-datagram-stream. */
export class OutgoingDatagramStream {
  readonly #socket: UdpSocket;
  readonly #isLast: () => boolean;
  #permit = 0;

  constructor(socket: UdpSocket, isLast: () => boolean) {
    this.#socket = socket;
    this.#isLast = isLast;
  }

  checkSend(): bigint {
    this.#permit = this.#isLast() ? Math.max(0, this.#socket.permit) : 0;
    return BigInt(this.#permit);
  }

  /** Sending more than the last `check-send` permitted traps, by the WIT. */
  send(datagrams: readonly OutgoingDatagram[]): bigint {
    if (datagrams.length > this.#permit)
      trap(`outgoing-datagram-stream.send of ${datagrams.length} without permission from check-send`);
    let sent = 0;
    for (const { data, remoteAddress } of datagrams) {
      try {
        this.#socket.send(data, remoteAddress === undefined ? undefined : endpointOf(remoteAddress));
      } catch (thrown) {
        // The next call tells of an error behind datagrams that were sent.
        if (sent === 0) throw thrown;
        break;
      }
      sent += 1;
      this.#permit -= 1;
    }
    return BigInt(sent);
  }

  subscribe(): Pollable {
    return new Pollable(
      () => this.#socket.isWritable,
      () => this.#socket.whenWritable(),
    );
  }
}
