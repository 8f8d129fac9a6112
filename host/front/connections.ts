import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The open connections of servers, and which of them have an answer under way. */
export class Connections {
  /** To the number of answers under way: a client may send its next request before it has the answer. */
  readonly #answers = new Map<Socket, number>();

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#answers.set(socket, 0);
      socket.once('close', () => this.#answers.delete(socket));
    });
    server.on('request', ({ socket }, response: ServerResponse) => {
      this.#add(socket, 1);
      response.once('close', () => this.#add(socket, -1));
    });
  }

  /** Closes the connections on which no answer is under way. */
  destroyUnused(): void {
    for (const [socket, count] of this.#answers) if (count === 0) socket.destroy();
  }

  #add(socket: Socket, more: number): void {
    const count = this.#answers.get(socket);
    if (count !== undefined) this.#answers.set(socket, count + more);
  }
}
