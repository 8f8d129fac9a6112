import type { Socket } from 'node:net';

/** What every connection of HTTP/2 begins with (RFC 9113, 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** What Node's server for HTTP/1.1 has put on a connection; see `Socket.parser` in its sources. */
interface NodeParser {
  unconsume(): void;
  remove(): void;
  close(): void;
}

const listened = ['data', 'end', 'drain', 'timeout', 'resume', 'pause'] as const;

/**
 * Takes a connection on which the preface of HTTP/2 has come away from Node's server for HTTP/1.1, which reads the first bytes of every
 * connection: so those of HTTP/1.1 cost nothing more. Answers false where it can't be taken.
 *
 * @param rest what has come behind the preface
 */
export function takeOver(socket: Socket, rest: Uint8Array): boolean {
  const parser = Reflect.get(socket, 'parser') as NodeParser | null | undefined;
  if (socket.destroyed || parser == null || typeof parser.unconsume !== 'function') return false;
  for (const event of listened) socket.removeAllListeners(event);
  parser.unconsume();
  // The server waits for no head any more.
  parser.remove();
  Reflect.set(socket, 'parser', null);
  // It is still running.
  setImmediate(() => parser.close());
  socket.pause();
  socket.unshift(Buffer.concat([preface, rest]));
  return true;
}
