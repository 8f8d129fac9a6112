import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection of a client that sends and receives bytes, each a character. */
export class Connection implements Disposable {
  readonly #socket: Socket;
  readonly port: number;
  #received = '';
  #isClosed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.port = port;
    socket.setNoDelay(true);
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
      this.#wake();
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.#isClosed = true;
        this.#wake();
      });
    }
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return new Connection(socket, port);
  }

  /** Everything that has come. */
  get received(): string {
    return this.#received;
  }

  /** The server sends nothing more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Forgets what has come until now. */
  forget(): void {
    this.#received = '';
  }

  send(bytes: string): void {
    if (!this.#isClosed) this.#socket.write(bytes, 'latin1');
  }

  /** Says that nothing more will be sent. */
  halfClose(): void {
    if (!this.#isClosed) this.#socket.end();
  }

  /** Cuts the connection. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Waits until this holds, which is asked whenever something has come. Answers whether it did in time. */
  async until(holds: () => boolean, milliseconds: number): Promise<boolean> {
    const deadline = performance.now() + milliseconds;
    while (!holds()) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
    }
    return true;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
