import { once } from 'node:events';
import { type ClientHttp2Session, connect, type SecureClientSessionOptions } from 'node:http2';

/** What came of a request. */
export interface Http2Answer {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly trailers: Readonly<Record<string, string>>;
  /** With which error its stream ended (RFC 9113, 7); 0 is none. */
  readonly reset: number;
  /** The stream ended with its head. */
  readonly isHeadOnly: boolean;
}

const endStream = 0x1;

/** A client of HTTP/2 with one connection. */
export class Http2Client implements AsyncDisposable {
  readonly session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.session = session;
    session.on('error', () => {});
  }

  static async connect(url: string, options: SecureClientSessionOptions = {}): Promise<Http2Client> {
    const session = connect(url, options);
    const client = new Http2Client(session);
    await once(session, 'remoteSettings');
    return client;
  }

  /** Sends a request; its body is streamed where it is several parts. */
  async fetch(
    path: string,
    headers: Readonly<Record<string, string | string[]>> = {},
    body: Iterable<string | Uint8Array> = [],
  ): Promise<Http2Answer> {
    const parts = [...body];
    const stream = this.session.request({ ':path': path, ...headers }, { endStream: parts.length === 0 });
    let [status, isHeadOnly, text] = [0, false, ''];
    let [received, trailers] = [{}, {}];
    stream.on('response', ({ ':status': given = 0, ...rest }, flags) => {
      status = given;
      received = { ...rest };
      isHeadOnly = (flags & endStream) !== 0;
    });
    stream.on('trailers', (given) => {
      trailers = { ...given };
    });
    stream.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('error', () => {});
    const closed = new Promise((resolve) => stream.once('close', resolve));
    for (const part of parts) {
      if (!stream.writable) break;
      if (!stream.write(part)) await Promise.race([once(stream, 'drain').catch(() => {}), closed]);
    }
    if (parts.length > 0 && stream.writable) stream.end();
    await closed;
    return { status, headers: received, body: text, trailers, reset: stream.rstCode, isHeadOnly };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.session.destroyed) return;
    const closed = new Promise((resolve) => this.session.once('close', resolve));
    this.session.destroy();
    await closed;
  }
}
