import type { Clock } from '../../../shared/clock.ts';
import { Deadline } from '../../../shared/deadline.ts';
import type { Connected } from './connect.ts';
import type { ConnectionSlots } from './connection-slots.ts';
import type { Destination } from './destination.ts';
import { OutgoingError } from './error-codes.ts';
import { Http1Connection } from './http1-connection.ts';
import { Http2Connection } from './http2-connection.ts';
import type { Connection } from './outbound.ts';

/** How many requests wait for a connection at most. */
const mostWaiting = 4096;

type Acquired = (error: unknown, connection?: Connection) => void;

interface Waiting {
  readonly key: string;
  readonly destination: Destination;
  readonly acquired: Acquired;
}

/** Connects; see `connect`. */
type Connect = (
  destination: Destination,
  isH2c: boolean,
  done: (error: unknown, connected?: Connected) => void,
) => () => void;

/**
 * The connections of a thread. One that is free is used again; where there may be no more of them, one that is idle is closed in
 * favor of another server, or whoever wants one waits.
 */
export class ConnectionPool {
  readonly #connect: Connect;
  readonly #slots: ConnectionSlots;
  readonly #clock: Clock;
  readonly #longestWait: bigint;
  /** Those that may be free, by where they lead; the one that was used last is the last. */
  readonly #open = new Map<string, Set<Connection>>();
  readonly #waiting = new Set<Waiting>();

  /** @param longestWait for a connection to become free, in nanoseconds */
  constructor(connect: Connect, slots: ConnectionSlots, clock: Clock, longestWait: bigint) {
    this.#connect = connect;
    this.#slots = slots;
    this.#clock = clock;
    this.#longestWait = longestWait;
  }

  /**
   * Finds or makes a connection.
   *
   * @param isH2c see `connect`
   * @param acquired called once, perhaps before this returns
   * @returns gives the attempt up, where it goes on
   */
  acquire(destination: Destination, isH2c: boolean, acquired: Acquired): () => void {
    const key = isH2c ? `${destination.origin} h2c` : destination.origin;
    const free = this.#free(key);
    if (free !== undefined) {
      acquired(undefined, free);
      return () => {};
    }
    if (this.#slots.take()) return this.#make(key, destination, acquired);
    if (this.#waiting.size >= mostWaiting) {
      acquired(tooMany(`${mostWaiting} requests wait for a connection already`));
      return () => {};
    }
    // Its place is given to whoever waits once it is closed.
    this.#closeIdle();
    let giveUp: (() => void) | undefined;
    const waiting: Waiting = {
      key,
      destination,
      acquired: (error, connection) => {
        deadline.clear();
        if (error === undefined && connection === undefined) giveUp = this.#make(key, destination, acquired);
        else acquired(error, connection);
      },
    };
    this.#waiting.add(waiting);
    this.#slots.wait(() => this.#serve());
    const deadline = new Deadline(this.#clock, this.#longestWait, () => {
      if (!this.#waiting.has(waiting)) return;
      this.#forget(waiting);
      acquired(tooMany('no connection became free in time'));
    });
    return () => {
      deadline.clear();
      this.#forget(waiting);
      giveUp?.();
    };
  }

  #free(key: string): Connection | undefined {
    let found: Connection | undefined;
    for (const connection of this.#open.get(key) ?? []) if (connection.isFree) found = connection;
    return found;
  }

  #make(key: string, destination: Destination, acquired: Acquired): () => void {
    let isTaken = true;
    let isConnected = false;
    const give = (): void => {
      if (!isTaken) return;
      isTaken = false;
      this.#slots.give();
      this.#serve();
    };
    const giveUp = this.#connect(destination, key !== destination.origin, (error, connected) => {
      if (connected === undefined) {
        give();
        acquired(error);
        return;
      }
      isConnected = true;
      const { socket, protocol } = connected;
      const open = this.#open.get(key) ?? new Set();
      this.#open.set(key, open);
      const closed = (): void => {
        open.delete(connection);
        if (open.size === 0 && this.#open.get(key) === open) this.#open.delete(key);
        give();
      };
      const freed = (): void => this.#freed(key, connection);
      const connection: Connection =
        protocol === 'h2'
          ? new Http2Connection(destination.origin, socket, freed, closed)
          : new Http1Connection(destination.origin, socket, freed);
      if (protocol !== 'h2') socket.once('close', closed);
      open.add(connection);
      acquired(undefined, connection);
    });
    return () => {
      if (isConnected) return;
      giveUp();
      give();
    };
  }

  /** A connection can be used again: by whoever waits for one to the same server, or else it makes room. */
  #freed(key: string, connection: Connection): void {
    for (const waiting of this.#waiting) {
      if (waiting.key !== key || !connection.isFree) continue;
      this.#forget(waiting);
      waiting.acquired(undefined, connection);
    }
    if (connection.isIdle && (this.#waiting.size > 0 || this.#slots.isWanted)) connection.close();
    const open = this.#open.get(key);
    if (open?.delete(connection) === true) open.add(connection);
  }

  /** Closes a connection that nobody uses, where there is one. */
  #closeIdle(): void {
    for (const open of this.#open.values()) {
      for (const connection of open) {
        if (!connection.isIdle) continue;
        connection.close();
        return;
      }
    }
  }

  #serve(): void {
    for (const waiting of this.#waiting) {
      if (!this.#slots.take()) return;
      this.#forget(waiting);
      waiting.acquired(undefined);
    }
  }

  #forget(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size === 0) this.#slots.stop();
  }
}

function tooMany(why: string): OutgoingError {
  const message = `${why}; dev.max_connections and dev.max_outbound_http_connections_per_workload allow more`;
  return new OutgoingError({ tag: 'connection-limit-reached' }, message);
}
