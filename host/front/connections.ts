import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The open connections of servers, and the last answer that was asked for on each. */
export class Connections {
  readonly #answers = new Map<Socket, ServerResponse | undefined>();

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#answers.set(socket, undefined);
      socket.once('close', () => this.#answers.delete(socket));
    });
    server.on('request', ({ socket }, response: ServerResponse) => this.#answers.set(socket, response));
  }

  /** Closes the connections on which no answer is under way. */
  destroyUnused(): void {
    for (const [socket, answer] of this.#answers) {
      if (answer === undefined || answer.writableFinished) socket.destroy();
    }
  }
}
