import { HostFuture } from '../../engine/async/host-future.ts';
import { HostSource } from '../../engine/async/host-source.ts';
import type { ReadableFuture } from '../../engine/async/shared-future.ts';
import type { ReadableStream } from '../../engine/async/shared-stream.ts';
import { StreamReader } from '../../engine/async/stream-reader.ts';
import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { StreamError } from '../io/streams.ts';
import { caseOf, type ErrorCase, type ErrorCode } from './error-code.ts';
import type { GuestSockets } from './guest-sockets.ts';
import { endpointOf, type IpFamily, loopback, type WitEndpoint, witEndpoint } from './ip-address.ts';
import { attempt, attemptLater } from './p3-attempt.ts';
import type { TcpConnection } from './tcp-connection.ts';
import type { TcpSocket } from './tcp-socket.ts';

/** How many bytes are taken at once, at most. */
const mostAtOnce = 64 * 1024;

type Result = { readonly tag: 'ok' } | { readonly tag: 'err'; readonly val: ErrorCase };

const done: Result = { tag: 'ok' };

/** `wasi:sockets/types@0.3.0` tcp-socket. */
export class TcpSocket3 {
  readonly #guest: GuestSockets;
  readonly #socket: TcpSocket;
  #hasSent = false;
  #hasReceived = false;

  constructor(guest: GuestSockets, socket: TcpSocket) {
    this.#guest = guest;
    this.#socket = socket;
  }

  bind(address: WitEndpoint): void {
    attempt(() => this.#socket.bind(endpointOf(address)));
  }

  connect(address: WitEndpoint): Promise<void> {
    return attemptLater(async () => await this.#socket.connect(endpointOf(address)));
  }

  listen(): ReadableStream {
    const socket = this.#socket;
    attempt(() => {
      if (socket.state === 'unbound') socket.bind({ ip: loopback[socket.family], port: 0 });
      socket.listen();
    });
    const letGo = socket.hold();
    return new HostSource({
      read: () => this.#accepted(),
      cancel: letGo,
    });
  }

  send(stream: ReadableStream): ReadableFuture {
    const reader = new StreamReader(stream);
    if (this.#socket.state !== 'connected' || this.#hasSent) {
      reader.drop();
      return new HostFuture(() => failure('invalid-state'));
    }
    this.#hasSent = true;
    const { connection } = this.#socket;
    const letGo = this.#socket.hold();
    const sent = sendAll(reader, connection).finally(letGo);
    return new HostFuture(() => sent);
  }

  receive(): [ReadableStream, ReadableFuture] {
    if (this.#socket.state !== 'connected' || this.#hasReceived) {
      return [new HostSource({ read: () => undefined }), new HostFuture(() => failure('invalid-state'))];
    }
    this.#hasReceived = true;
    return receiveAll(this.#socket.connection, this.#socket.hold());
  }

  getLocalAddress(): WitEndpoint {
    return attempt(() => witEndpoint(this.#socket.localAddress));
  }

  getRemoteAddress(): WitEndpoint {
    return attempt(() => witEndpoint(this.#socket.remoteAddress));
  }

  getIsListening(): boolean {
    return this.#socket.state === 'listening';
  }

  getAddressFamily(): IpFamily {
    return this.#socket.family;
  }

  setListenBacklogSize(value: bigint): void {
    attempt(() => {
      this.#socket.options.setBacklog(value);
      if (this.#socket.state === 'connecting' || this.#socket.state === 'connected')
        throw 'invalid-state' satisfies ErrorCode;
    });
  }

  getKeepAliveEnabled(): boolean {
    return this.#socket.options.keepAliveEnabled;
  }

  setKeepAliveEnabled(value: boolean): void {
    this.#socket.options.keepAliveEnabled = value;
    this.#apply();
  }

  getKeepAliveIdleTime(): bigint {
    return this.#socket.options.keepAliveIdleTime;
  }

  setKeepAliveIdleTime(value: bigint): void {
    attempt(() => this.#socket.options.setKeepAliveIdleTime(value));
    this.#apply();
  }

  getKeepAliveInterval(): bigint {
    return this.#socket.options.keepAliveInterval;
  }

  setKeepAliveInterval(value: bigint): void {
    attempt(() => this.#socket.options.setKeepAliveInterval(value));
  }

  getKeepAliveCount(): number {
    return this.#socket.options.keepAliveCount;
  }

  setKeepAliveCount(value: number): void {
    attempt(() => this.#socket.options.setKeepAliveCount(value));
  }

  getHopLimit(): number {
    return this.#socket.options.hopLimit;
  }

  setHopLimit(value: number): void {
    attempt(() => this.#socket.options.setHopLimit(value));
  }

  getReceiveBufferSize(): bigint {
    return this.#socket.options.receiveBufferSize;
  }

  setReceiveBufferSize(value: bigint): void {
    attempt(() => this.#socket.options.setReceiveBufferSize(value));
  }

  getSendBufferSize(): bigint {
    return this.#socket.options.sendBufferSize;
  }

  setSendBufferSize(value: bigint): void {
    attempt(() => this.#socket.options.setSendBufferSize(value));
  }

  [Symbol.dispose](): void {
    this.#socket.letGo();
  }

  /** The next connection, when it comes. */
  #accepted(): MaybePromise<readonly TcpSocket3[] | undefined> {
    const socket = this.#socket;
    if (this.#guest.hasRoom) {
      const accepted = socket.accept();
      if (accepted !== undefined) return [new TcpSocket3(this.#guest, accepted)];
    }
    // The stream goes on without errors: where there is no room for another socket, connections wait.
    const more = this.#guest.hasRoom ? socket.listener.whenReady() : this.#guest.whenClosed();
    return more.then(() => (socket.state === 'closed' ? undefined : this.#accepted()));
  }

  #apply(): void {
    if (this.#socket.state === 'connected') this.#socket.options.applyTo(this.#socket.connection.stream);
  }
}

/** Sends a stream to its end, and says so to the other end. */
function sendAll(reader: StreamReader, connection: TcpConnection): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  const { sink } = connection;
  const fail = (): void => {
    reader.drop();
    // Of a connection that was closed in good order it is said that nothing can be written any more.
    const { error } = connection;
    resolve({ tag: 'err', val: error === undefined ? { tag: 'connection-broken' } : caseOf(error) });
  };
  const next = (): void => {
    let permit: number;
    try {
      permit = sink.permit();
    } catch {
      fail();
      return;
    }
    if (permit === 0) {
      sink.whenReady().then(next, fail);
      return;
    }
    reader.read(Math.min(permit, mostAtOnce), (chunk) => {
      if (chunk === undefined) {
        connection.shutWrite();
        connection.written().then(() => (connection.error === undefined ? resolve(done) : fail()), fail);
        return;
      }
      // A copy, because the guest may use the memory again before it is sent.
      if (chunk.length > 0) sink.write(Uint8Array.from(chunk as Uint8Array));
      queueMicrotask(next);
    });
  };
  next();
  return promise;
}

function receiveAll(connection: TcpConnection, letGo: () => void): [ReadableStream, ReadableFuture] {
  const { source } = connection;
  const ended = Promise.withResolvers<Result>();
  const end = (result: Result): undefined => {
    ended.resolve(result);
    letGo();
    return undefined;
  };
  const take = (most: number): Uint8Array | undefined => {
    try {
      return source.read(Math.min(most, mostAtOnce));
    } catch (thrown) {
      const isFailure = (thrown as StreamError).tag === 'last-operation-failed';
      return end(isFailure ? failure(connection.error ?? 'unknown') : done);
    }
  };
  const read = (most: number): MaybePromise<Uint8Array | undefined> =>
    source.ready ? take(most) : source.whenReady().then(() => read(most));
  const cancel = (): void => {
    connection.shutRead();
    end(done);
  };
  return [new HostSource({ read, cancel }), new HostFuture(() => ended.promise)];
}

function failure(code: ErrorCode): Result {
  return { tag: 'err', val: caseOf(code) };
}
