import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';

/** A client that writes its requests byte by byte, each character one byte. */
export class RawClient implements AsyncDisposable {
  readonly #socket;
  #received = '';

  private constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
    });
    // A connection that is cut shows in what has been received.
    this.#socket.on('error', () => {});
  }

  static async connect(url: string): Promise<RawClient> {
    const client = new RawClient(Number(new URL(url).port));
    await once(client.#socket, 'connect');
    return client;
  }

  /** Everything that the server has sent. */
  get received(): string {
    return this.#received;
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Reads nothing more, so that the server has to wait. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  /** Goes away. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Goes away as one that has crashed. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Resolves when the system has taken everything that was written. */
  taken(): Promise<void> {
    return new Promise((resolve) => this.#socket.write('', () => resolve()));
  }

  /** Resolves with everything that was received once the server has closed the connection. */
  async closed(): Promise<string> {
    if (!this.#socket.closed) await new Promise((resolve) => this.#socket.once('close', resolve));
    return this.#received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
  }
}

/** Sends bytes, the last request of which asks to close the connection, and answers what came back. */
export async function exchangeRaw(url: string, ...lines: readonly string[]): Promise<string> {
  await using client = await RawClient.connect(url);
  client.write(lines.join('\r\n'));
  return await client.closed();
}

/** What `fetch` hides of an answer. */
export interface Answer {
  readonly rawHeaders: string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
}

/** A request of node:http: a GET, or a POST with trailers. */
export function getWithTrailers(url: string, trailers?: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: trailers === undefined ? 'GET' : 'POST' }, async (incoming) => {
      let body = '';
      for await (const chunk of incoming) body += chunk;
      resolve({ rawHeaders: incoming.rawHeaders, trailers: incoming.trailers, body });
    });
    outgoing.on('error', reject);
    if (trailers !== undefined) {
      outgoing.setHeader('transfer-encoding', 'chunked');
      outgoing.write('a body');
      outgoing.addTrailers(trailers);
    }
    outgoing.end();
  });
}
