import type { ErrorCode } from './error-code.ts';
import type { IpFamily } from './ip-address.ts';
import type { FromSockets, Plane, PrivateDatagram, SharedSockets, ToSockets } from './messages.ts';
import { Pipe } from './pipe.ts';
import { PortTable } from './port-table.ts';
import type { Protocol } from './socket-policy.ts';

/** How many datagrams may be on their way out of this thread. */
const mostUnsent = 64;

/** Takes a connection that has come; answers false where it can't. @param from the port at its other end */
type Accept = (pipe: Pipe, from: number) => boolean;
type Receive = (datagram: PrivateDatagram) => void;

/** The private loopback of a workload, as the sockets of one worker see it. */
export class PrivateLoopback {
  readonly #table: PortTable;
  readonly #owner: number;
  readonly #post: (message: FromSockets) => void;
  readonly #listeners = new Map<string, Accept>();
  readonly #receivers = new Map<string, Receive>();
  readonly #connecting = new Map<number, PromiseWithResolvers<Pipe>>();
  readonly #whenSent = new Set<() => void>();
  #calls = 0;
  #unsent = 0;

  constructor({ ports, owner }: SharedSockets, post: (message: FromSockets) => void) {
    this.#table = new PortTable(ports);
    this.#owner = owner;
    this.#post = post;
  }

  /** Takes a port, any where it is 0. Answers which; undefined where it is not free. */
  take(protocol: Protocol, family: IpFamily, port: number): number | undefined {
    return this.#table.take(planeOf(protocol, family), port, this.#owner);
  }

  give(protocol: Protocol, family: IpFamily, port: number): void {
    this.#table.give(planeOf(protocol, family), port, this.#owner);
  }

  /** Listens on a port that was taken. The answer ends that. */
  listen(family: IpFamily, port: number, accept: Accept): () => void {
    const plane = planeOf('tcp', family);
    const place = `${plane}:${port}`;
    this.#listeners.set(place, accept);
    this.#post({ type: 'listen', plane, port });
    return () => {
      this.#listeners.delete(place);
      this.#post({ type: 'unlisten', plane, port });
    };
  }

  /** Connects to a port from one that was taken. Rejects with an `ErrorCode`, or with the error of the pipe. */
  async connect(family: IpFamily, port: number, from: number): Promise<Pipe> {
    this.#calls += 1;
    const call = this.#calls;
    const connecting = Promise.withResolvers<Pipe>();
    this.#connecting.set(call, connecting);
    this.#post({ type: 'connect', call, plane: planeOf('tcp', family), port, from });
    const pipe = await connecting.promise;
    await pipe.accepted;
    return pipe;
  }

  /** Receives what is sent to a port that was taken. The answer ends that. */
  receive(family: IpFamily, port: number, receive: Receive): () => void {
    const plane = planeOf('udp', family);
    const place = `${plane}:${port}`;
    this.#receivers.set(place, receive);
    this.#post({ type: 'receive', plane, port, isOpen: true });
    return () => {
      this.#receivers.delete(place);
      this.#post({ type: 'receive', plane, port, isOpen: false });
    };
  }

  /** A datagram was taken that `receive` was given, or dropped. */
  taken({ bytes }: PrivateDatagram): void {
    this.#post({ type: 'taken', bytes: bytes.length });
  }

  /** How many datagrams may be sent now. */
  get permit(): number {
    return mostUnsent - this.#unsent;
  }

  send(family: IpFamily, datagram: PrivateDatagram): void {
    this.#unsent += 1;
    this.#post({ type: 'send', plane: planeOf('udp', family), datagram });
  }

  /** Calls back each time that more may be sent. The answer ends that. */
  onSent(callback: () => void): () => void {
    this.#whenSent.add(callback);
    return () => this.#whenSent.delete(callback);
  }

  /** The main thread says something. */
  hear(message: ToSockets): void {
    switch (message.type) {
      case 'connection': {
        const pipe = new Pipe(message.pipe, 'accepts');
        // Whoever takes it listens, too; until then it may break.
        pipe.on('error', () => {});
        const accept = this.#listeners.get(`${message.plane}:${message.port}`);
        if (accept?.(pipe, message.from) === true) pipe.accept();
        else pipe.destroy();
        return;
      }
      case 'connected':
        this.#connected(message);
        return;
      case 'datagram': {
        const receive = this.#receivers.get(`${message.plane}:${message.datagram.to}`);
        if (receive === undefined) this.taken(message.datagram);
        else receive(message.datagram);
        return;
      }
      case 'sent':
        this.#unsent -= 1;
        for (const callback of this.#whenSent) callback();
        return;
    }
  }

  #connected({ call, pipe }: Extract<ToSockets, { type: 'connected' }>): void {
    const connecting = this.#connecting.get(call);
    this.#connecting.delete(call);
    if (pipe === undefined) connecting?.reject('connection-refused' satisfies ErrorCode);
    else {
      const opened = new Pipe(pipe, 'connects');
      opened.on('error', () => {});
      connecting?.resolve(opened);
    }
  }
}

function planeOf(protocol: Protocol, family: IpFamily): Plane {
  return (protocol === 'tcp' ? (family === 'ipv4' ? 0 : 1) : family === 'ipv4' ? 2 : 3) satisfies Plane;
}
