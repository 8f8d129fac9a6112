import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How much of a connection is read ahead, in bytes: more than operating systems keep of one, at both its ends. */
const mostOfOne = 16 * 1024 * 1024;
/** The same of all connections together. */
const mostOfAll = 128 * 1024 * 1024;

/** A connection on which somebody waits for an answer. */
export interface HeldConnection {
  readonly socket: Socket;
  /** The answer to the last request that came. */
  readonly answer: ServerResponse | undefined;
  /** That to the request whose turn it is, and those to requests that wait for it. */
  readonly current: ServerResponse | undefined;
  readonly waiting: ReadonlySet<ServerResponse>;
  /** How much had come over it when it was last looked at. */
  received: number;
}

/** Whether nothing is read from a connection because nobody reads the body that comes over it. */
export function isHeldBack({ socket, answer }: HeldConnection): boolean {
  return answer !== undefined && socket.isPaused() && !answer.writableFinished && !socket.destroyed;
}

/**
 * Finds out whose clients have gone. Node stops reading a connection when it has a little of a body that nobody reads, and then sees
 * neither its end nor that it broke; so connections that stand still are read on, up to a bound, each time that they are looked at.
 */
export function readAhead(held: readonly HeldConnection[]): void {
  const room = { bytes: mostOfAll };
  for (const connection of held) room.bytes -= keptOf(connection);
  for (const connection of held) {
    const { bytesRead } = connection.socket;
    if (connection.received === bytesRead) readOn(connection, room);
    else connection.received = bytesRead;
  }
}

/** Reads what is there, part by part, as Node stops behind each. Where nothing is there the end will be seen when it comes. */
function readOn(connection: HeldConnection, room: { bytes: number }): void {
  const { socket } = connection;
  const kept = keptOf(connection);
  if (kept >= mostOfOne || room.bytes <= 0) {
    // Sends nothing, but fails where the client has broken the connection off.
    socket.write('');
    return;
  }
  socket.resume();
  setImmediate(() => {
    const more = keptOf(connection) - kept;
    room.bytes -= more;
    if (more > 0 && isHeldBack(connection)) readOn(connection, room);
  });
}

/** How many bytes of bodies have come that nobody has read. */
function keptOf({ current, waiting }: HeldConnection): number {
  let bytes = current?.req.readableLength ?? 0;
  for (const { req } of waiting) bytes += req.readableLength;
  return bytes;
}
