import type { Socket } from 'node:net';
import { OutgoingError } from './error-codes.ts';

/** How many responses a server may send before the final one, each with a head of so many bytes. */
const mostInterim = 16;
const mostBytes = 16 * 1024;

/** Of HTTP/1.0 there are none, but servers send them. `101` is none: it ends the exchange of HTTP. */
const begin = /^HTTP\/1\.[01] 1(?!01)\d\d[ \r\n]/;
const example = 'HTTP/1.1 100 ';
/** Where the first digit of the status is, and of an interim one which. */
const digitAt = 9;
const one = 0x31;
const headEnd = /\r?\n\r?\n/;

/**
 * Takes the interim responses (RFC 9110, 15.2) out of what is read next from a connection of HTTP/1.1, until something else comes:
 * undici takes `100` for an error, and components see none of them.
 */
export function skipInterimResponses(socket: Socket): void {
  const { read } = socket;
  let count = 0;
  /** What has come of one that is not whole. */
  let held = '';
  const refuse = (why: string): null => {
    socket.read = read;
    socket.destroy(new OutgoingError({ tag: 'HTTP-protocol-error' }, why));
    return null;
  };
  socket.read = (size?: number): Buffer | null => {
    for (;;) {
      const chunk: Buffer | null = Reflect.apply(read, socket, [size]);
      if (chunk === null) return null;
      if (held === '' && chunk.length > digitAt && chunk[digitAt] !== one) {
        socket.read = read;
        return chunk;
      }
      held += chunk.toString('latin1');
      let end = headEnd.exec(held);
      while (end !== null && begin.test(held)) {
        count += 1;
        if (count > mostInterim) return refuse(`the server sent more than ${mostInterim} interim responses`);
        held = held.slice(end.index + end[0].length);
        end = headEnd.exec(held);
      }
      if (!begin.test(held + example.slice(held.length))) {
        socket.read = read;
        return Buffer.from(held, 'latin1');
      }
      if (held.length > mostBytes) return refuse('the head of an interim response is too large');
    }
  };
}
