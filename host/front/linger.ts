import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Refusal, refusalBytes } from './refusal.ts';

/** How long a connection is read past its refusal, in milliseconds: closed at once, it would take the answer with it. */
const linger = 1000;

/** How many connections are: each is one that nobody else can have. */
const mostLingering = 64;
let lingering = 0;

/** Answers a connection that serves nothing else any more, and closes it. */
export function closeWith(socket: Duplex, refusal: Refusal): void {
  if (socket.writable) socket.end(refusalBytes(refusal));
  socket.resume();
  closeLater(socket);
}

/** Has a connection close behind its answer so that a client that is still sending gets to read it (RFC 9112, 9.6). */
export function lingerBehindAnswer(connection: { readonly socket: Socket; isRefused: boolean }): void {
  const { socket } = connection;
  // Node calls it when the last answer of a connection has been written.
  socket.destroySoon = () => {
    connection.isRefused = true;
    if (socket.writable) socket.end();
    closeLater(socket);
  };
}

function closeLater(socket: Duplex): void {
  if (socket.destroyed) return;
  if (lingering >= mostLingering) {
    if (socket.writableFinished) socket.destroy();
    else socket.once('finish', () => socket.destroy());
    return;
  }
  lingering += 1;
  const timer = setTimeout(() => socket.destroy(), linger).unref();
  socket.once('close', () => {
    lingering -= 1;
    clearTimeout(timer);
  });
}
