import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Refusal, refusalBytes } from './refusal.ts';

/**
 * How long a connection is read past its last answer while nothing comes, and how long at most, in milliseconds. Closed while something is
 * unread, or before something comes, it would be reset, which takes away what the client has not read yet.
 */
const [silence, longest] = [5000, 30_000];
/** How long at most while the host waits for its end, and where a client is late with its head, in milliseconds. */
const longestInHurry = 1000;
/** How many connections are: each is one that nobody else can have. Of more the one that has been longest is closed. */
const mostLingering = 64;
/** How often they are looked at, in milliseconds. */
const lookEvery = 500;

/** A connection that serves nothing else any more. */
export interface LastConnection {
  readonly socket: Socket;
  /** The answer to the last request that came. */
  readonly answer: ServerResponse | undefined;
  isRefused: boolean;
}

interface Lingering {
  readonly since: number;
  /** In milliseconds. */
  readonly longest: number;
  received: number;
  receivedAt: number;
}

/** Closes connections in a way that lets a client that is still sending read its answer (RFC 9112, 9.6). */
export class Linger {
  readonly #all = new Map<Socket, Lingering>();
  #looking: NodeJS.Timeout | undefined;
  #longest = longest;

  /** Answers a connection that serves nothing else any more, and closes it. */
  closeWith(socket: Socket, refusal: Refusal, answer?: ServerResponse): void {
    if (socket.writable) socket.end(refusalBytes(refusal));
    // Whoever trickles a head would go on for as long as it is let.
    this.#closeLater(socket, answer, refusal.status === 408 ? longestInHurry : longest);
  }

  /** Closes a connection behind what has been written. */
  close(socket: Socket, answer: ServerResponse | undefined): void {
    if (socket.writable) socket.end();
    this.#closeLater(socket, answer, longest);
  }

  /** Has a connection close behind its last answer. */
  behindAnswer(connection: LastConnection): void {
    const { socket } = connection;
    // Node calls it when the last answer of a connection has been written.
    socket.destroySoon = () => {
      connection.isRefused = true;
      this.close(socket, connection.answer);
    };
  }

  /** The host is to end: none is kept for long any more. */
  hurry(): void {
    this.#longest = longestInHurry;
  }

  #closeLater(socket: Socket, answer: ServerResponse | undefined, most: number): void {
    if (socket.destroyed || this.#all.has(socket)) return;
    const now = performance.now();
    this.#all.set(socket, { since: now, longest: most, received: socket.bytesRead, receivedAt: now });
    socket.once('close', () => this.#closed(socket));
    // The body of a request that nobody reads would stop the connection.
    answer?.req.resume();
    socket.resume();
    if (this.#all.size > mostLingering) this.#closeFirst();
    this.#looking ??= setInterval(() => this.#look(), lookEvery).unref();
  }

  #closeFirst(): void {
    const [first] = this.#all.keys();
    if (first === undefined) return;
    this.#all.delete(first);
    if (first.writableFinished) first.destroy();
    else first.once('finish', () => first.destroy());
  }

  #closed(socket: Socket): void {
    this.#all.delete(socket);
    if (this.#all.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, lingering] of this.#all) {
      if (socket.bytesRead !== lingering.received) {
        lingering.received = socket.bytesRead;
        lingering.receivedAt = now;
      }
      const most = Math.min(lingering.longest, this.#longest);
      if (now - lingering.receivedAt > silence || now - lingering.since > most) socket.destroy();
    }
  }
}
