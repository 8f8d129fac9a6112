import type { Socket } from 'node:net';

type Connection = Pick<Socket, 'once'>;

/** What is to be done when connections end, of all requests of each: Node warns of many listeners. */
const waiting = new WeakMap<Connection, Set<() => void>>();

/** Calls back when the connection has ended; answers how to take that back. */
export function onConnectionEnd(socket: Connection, callback: () => void): () => void {
  let callbacks = waiting.get(socket);
  if (callbacks === undefined) {
    const all = new Set<() => void>();
    callbacks = all;
    waiting.set(socket, all);
    socket.once('close', () => {
      for (const each of all) each();
    });
  }
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}
