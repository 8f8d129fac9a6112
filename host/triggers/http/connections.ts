import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from '../../settings/limits.ts';
import { Linger } from './linger.ts';
import { isHeldBack, readAhead } from './read-ahead.ts';
import type { Refusal } from './refusal.ts';

/** How many requests of a connection may wait for the answer to an earlier one. */
const mostWaiting = 100;
/** For so long after it was opened a connection's first request may be on its way, in milliseconds. */
const firstRequest = 500;
/** The same where there is no other connection that could make room: many that come at once would keep everybody out. */
const firstRequestInFlood = 50;
/** How often connections are looked at whose clients do nothing, in milliseconds. */
const lookEvery = 1000;

/** Who can end what is under way on a connection. */
export interface Served {
  /** What came behind the head of the request can't be read. */
  malformed(reason: string): void;
}

/** What a connection serves side by side, as those of HTTP/2 do. */
export interface OpenSession {
  /** No request of it is under way. */
  readonly isIdle: boolean;
  /** A request has come over it. */
  readonly hasServed: boolean;
  /** Takes no more requests, and closes the connection behind the last answer. */
  close(): void;
  /** Closes what its client leaves lying. @param now milliseconds */
  look(now: number): void;
}

/** An open connection. */
export interface Connection {
  readonly socket: Socket;
  /** When the connection was opened, in milliseconds. */
  readonly since: number;
  /** The later its last request came, the higher. */
  order: number;
  /** The last request that came. */
  served: Served | undefined;
  answer: ServerResponse | undefined;
  /** The answer to the request whose turn it is. */
  current: ServerResponse | undefined;
  /** Those to requests that wait for it. */
  readonly waiting: Set<ServerResponse>;
  /** Something that came was refused: nothing is served on it any more. */
  isRefused: boolean;
  /** Why the body of the last request, which waits, can't be read. */
  brokenBody: Refusal | undefined;
  /** How much had gone over it when its client was last seen to do something, and when that was. */
  moved: number;
  movedAt: number;
  /** How much had come over it when it was last looked at. */
  received: number;
  /** Absent for one of HTTP/1.1, whose requests are served in turn. */
  session: OpenSession | undefined;
}

/** The open connections of a listener, and how many there may be. */
export class Connections {
  /** Those that serve nothing any more and are not closed yet. */
  readonly linger = new Linger();
  readonly #limits: Pick<Limits, 'connections' | 'connectionsPerAddress' | 'idleTimeout'>;
  readonly #refuse: (socket: Socket, reason: string) => void;
  readonly #open = new Map<Socket, Connection>();
  readonly #ofAddress = new Map<string, number>();
  /** Idle ones, the one that has been idle longest last; some may have gone or be in use again. */
  #idle: Connection[] = [];
  #looking: NodeJS.Timeout | undefined;
  #requests = 0;
  /** Those whose handshake of TLS goes on, by address and port of the client. */
  readonly #handshakes = new Map<string, Socket>();
  #isDraining = false;

  /** @param refuse answers a connection that is one too many */
  constructor(
    limits: Pick<Limits, 'connections' | 'connectionsPerAddress' | 'idleTimeout'>,
    refuse: (socket: Socket, reason: string) => void,
  ) {
    this.#limits = limits;
    this.#refuse = refuse;
  }

  /** @param isSecure whether connections begin with a handshake of TLS */
  watch(server: Server, isSecure: boolean): void {
    if (!isSecure) {
      server.on('connection', (socket: Socket) => this.#opened(socket));
      return;
    }
    server.on('connection', (socket: Socket) => this.#handshake(socket));
    server.prependListener('secureConnection', (socket: Socket) => {
      this.#handshakes.delete(nameOf(socket));
      this.#opened(socket);
    });
  }

  /** A connection serves requests side by side from now on. */
  serveBeside(connection: Connection, session: OpenSession): void {
    connection.session = session;
    if (this.#isDraining) session.close();
  }

  /** A request has come over a connection that serves them side by side. */
  used(connection: Connection): void {
    this.#requests += 1;
    connection.order = this.#requests;
  }

  /** The host is to end: nobody is kept for longer than the answers that are under way. */
  drain(): void {
    this.#isDraining = true;
    this.linger.hurry();
    for (const { session } of this.#open.values()) session?.close();
  }

  /** Closes all at once. */
  destroyAll(): void {
    for (const socket of [...this.#open.keys(), ...this.#handshakes.values()]) socket.destroy();
  }

  of(socket: Socket): Connection | undefined {
    return this.#open.get(socket);
  }

  /** A request has come on a connection: it is served now, or when the answer before it has ended, or there are too many. */
  turn(connection: Connection, answer: ServerResponse): 'now' | 'too many' | ServerResponse {
    const before = connection.answer;
    connection.answer = answer;
    connection.served = undefined;
    this.used(connection);
    if (!isUnderWay(before)) {
      connection.current = answer;
      return 'now';
    }
    if (connection.waiting.size >= mostWaiting) return 'too many';
    connection.waiting.add(answer);
    before.once('close', () => {
      connection.waiting.delete(answer);
      connection.current = answer;
    });
    return before;
  }

  /** A request of a connection is served. */
  serving(connection: Connection, answer: ServerResponse, served: Served): void {
    if (connection.answer === answer) connection.served = served;
  }

  /** Resolves when no connection is open, and whoever was served on one has been told. */
  async closed(): Promise<void> {
    while (this.#open.size > 0) await Promise.all([...this.#open.keys()].map(whenClosed));
  }

  /** Closes the connections on which no answer is under way. */
  destroyUnused(): void {
    for (const { socket, answer, session } of this.#open.values()) {
      if (session === undefined && !isUnderWay(answer)) socket.destroy();
    }
    for (const socket of this.#handshakes.values()) socket.destroy();
  }

  /** A connection that gets no further is closed by the server. */
  #handshake(socket: Socket): void {
    const name = nameOf(socket);
    const count = this.#open.size + this.#handshakes.size;
    if (count >= this.#limits.connections && !this.#makeRoom(undefined)) {
      socket.destroy();
      return;
    }
    this.#handshakes.set(name, socket);
    socket.once('close', () => this.#handshakes.delete(name));
  }

  #opened(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const count = (this.#ofAddress.get(address) ?? 0) + 1;
    const { connections, connectionsPerAddress } = this.#limits;
    const now = performance.now();
    const opened = {
      socket,
      since: now,
      order: this.#requests,
      served: undefined,
      answer: undefined,
      current: undefined,
      waiting: new Set<ServerResponse>(),
      isRefused: false,
      brokenBody: undefined,
      moved: 0,
      movedAt: now,
      received: 0,
      session: undefined,
    };
    if (count > connectionsPerAddress && !this.#makeRoom(address)) {
      const limit = `this client has ${count - 1} connections, which all wait for answers`;
      this.#refuse(socket, `${limit}; raise dev.limits.connectionsPerAddress to allow more`);
      return;
    }
    if (this.#open.size >= connections && !this.#makeRoom(undefined)) {
      const limit = `there are ${this.#open.size} connections, which all wait for answers`;
      this.#refuse(socket, `${limit}; raise dev.limits.connections to allow more`);
      return;
    }
    this.#open.set(socket, opened);
    this.#ofAddress.set(address, (this.#ofAddress.get(address) ?? 0) + 1);
    this.#looking ??= setInterval(() => this.#look(), lookEvery).unref();
    socket.once('close', () => this.#closed(socket, address));
  }

  #closed(socket: Socket, address: string): void {
    if (!this.#open.delete(socket)) return;
    const count = (this.#ofAddress.get(address) ?? 1) - 1;
    if (count === 0) this.#ofAddress.delete(address);
    else this.#ofAddress.set(address, count);
    if (this.#open.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** Closes the connection that has been idle longest, of an address or of all. Answers false where none is idle. */
  #makeRoom(address: string | undefined): boolean {
    return [firstRequest, firstRequestInFlood].some((silence) => {
      if (this.#takeIdle(address, silence)) return true;
      // Looked for together, as whoever opens one too many opens more.
      this.#idle = [...this.#open.values()]
        .filter((connection) => isIdle(connection, silence))
        .sort((a, b) => b.order - a.order || b.since - a.since);
      return this.#takeIdle(address, silence);
    });
  }

  #takeIdle(address: string | undefined, silence: number): boolean {
    for (let index = this.#idle.length - 1; index >= 0; index -= 1) {
      const connection = this.#idle[index];
      if (connection === undefined) continue;
      const { socket } = connection;
      const isGone = !this.#open.has(socket) || !isIdle(connection, silence);
      const isWanted = address === undefined || socket.remoteAddress === address;
      if (isGone || isWanted) this.#idle.splice(index, 1);
      if (isGone || !isWanted) continue;
      this.#closed(socket, socket.remoteAddress ?? '');
      socket.destroy();
      return true;
    }
    return false;
  }

  /** Closes the connections whose clients do not read the rest of an answer, and looks for clients that have gone. */
  #look(): void {
    const now = performance.now();
    const held: Connection[] = [];
    for (const connection of this.#open.values()) {
      const { socket, answer, session } = connection;
      if (session !== undefined) {
        session.look(now);
        continue;
      }
      if (isHeldBack(connection)) held.push(connection);
      if (answer === undefined || !answer.writableEnded || answer.writableFinished) {
        connection.movedAt = now;
        continue;
      }
      const moved = socket.bytesWritten - socket.writableLength;
      if (moved !== connection.moved) {
        connection.moved = moved;
        connection.movedAt = now;
      } else if (now - connection.movedAt > this.#limits.idleTimeout) socket.destroy();
    }
    if (held.length > 0) readAhead(held);
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function whenClosed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** @param silence for how many milliseconds a connection may be open without a request */
function isIdle({ answer, since, session }: Connection, silence: number): boolean {
  if (session?.hasServed) return session.isIdle;
  if (answer === undefined) return performance.now() - since > silence;
  return !isUnderWay(answer);
}

/** Whether there is an answer that the client does not have yet. */
export function isUnderWay(answer: ServerResponse | undefined): answer is ServerResponse {
  return answer !== undefined && !answer.writableFinished && !answer.destroyed;
}
