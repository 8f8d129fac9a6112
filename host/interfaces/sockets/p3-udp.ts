import type { ErrorCode } from './error-code.ts';
import { endpointOf, type IpFamily, type WitEndpoint, witEndpoint } from './ip-address.ts';
import { attempt, attemptLater } from './p3-attempt.ts';
import { atLeastOne } from './tcp-options.ts';
import type { UdpSocket } from './udp-socket.ts';

/** `wasi:sockets/types@0.3.0` udp-socket. */
export class UdpSocket3 {
  readonly #socket: UdpSocket;

  constructor(socket: UdpSocket) {
    this.#socket = socket;
  }

  bind(address: WitEndpoint): void {
    attempt(() => this.#socket.bind(endpointOf(address)));
  }

  connect(address: WitEndpoint): void {
    attempt(() => {
      this.#socket.connect(endpointOf(address));
      this.#socket.bindSomewhere();
    });
  }

  disconnect(): void {
    attempt(() => {
      // Throws where it is not connected.
      void this.#socket.remoteAddress;
      this.#socket.disconnect();
    });
  }

  send(bytes: Uint8Array, remote: WitEndpoint | undefined): Promise<void> {
    const copy = Uint8Array.from(bytes);
    return attemptLater(async () => {
      this.#socket.bindSomewhere();
      while (this.#socket.permit <= 0) await this.#socket.whenWritable();
      this.#socket.send(copy, remote === undefined ? undefined : endpointOf(remote));
    });
  }

  receive(): Promise<[Uint8Array, WitEndpoint]> {
    return attemptLater(async () => {
      if (!this.#socket.isBound) throw 'invalid-state' satisfies ErrorCode;
      for (;;) {
        const datagram = this.#socket.receive();
        if (datagram !== undefined) return [datagram.bytes, witEndpoint(datagram.remote)];
        await this.#socket.whenReadable();
      }
    });
  }

  getLocalAddress(): WitEndpoint {
    return attempt(() => witEndpoint(this.#socket.localAddress));
  }

  getRemoteAddress(): WitEndpoint {
    return attempt(() => witEndpoint(this.#socket.remoteAddress));
  }

  getAddressFamily(): IpFamily {
    return this.#socket.family;
  }

  getUnicastHopLimit(): number {
    return this.#socket.hopLimit;
  }

  setUnicastHopLimit(value: number): void {
    attempt(() => {
      this.#socket.hopLimit = atLeastOne(value);
    });
  }

  getReceiveBufferSize(): bigint {
    return this.#socket.receiveBufferSize;
  }

  setReceiveBufferSize(value: bigint): void {
    attempt(() => {
      this.#socket.receiveBufferSize = value;
    });
  }

  getSendBufferSize(): bigint {
    return this.#socket.sendBufferSize;
  }

  setSendBufferSize(value: bigint): void {
    attempt(() => {
      this.#socket.sendBufferSize = value;
    });
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
