import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/** What is known of a request that a component of the host has sent. */
export interface InnerCall {
  /** The number of the request for which it did. */
  readonly parent: number | undefined;
  /** How many requests of components lie between it and a client, with itself. */
  readonly depth: number;
  /** Which of the program's entries it calls; undefined: by its path. */
  readonly entry: number | undefined;
}

/** A request as an exchange needs it; Node's `IncomingMessage` is one, and each way in beside HTTP/1.1 has its own. */
export interface ServedRequest {
  readonly method?: string | undefined;
  /** Its target. */
  readonly url?: string | undefined;
  /** Absent: `http`, or what its target says. */
  readonly scheme?: 'http' | 'https';
  readonly headers: IncomingHttpHeaders;
  /** Names and Latin-1 values in turn. */
  readonly rawHeaders: string[];
  /** The same, at the end of the body. */
  readonly rawTrailers: string[];
  /** Whether it has a body. Absent: its headers say so (RFC 9112, 6.3). */
  readonly hasBody?: boolean;
  /** All of it has come and was read. */
  readonly complete: boolean;
  /** How many bytes have come that nobody has read. */
  readonly readableLength: number;
  readonly socket: Pick<Socket, 'remotePort' | 'once'>;
  /** Absent for one of a client. */
  readonly inner?: InnerCall;
  emit(event: string, ...args: unknown[]): boolean;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  once(event: 'end', listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** An answer as an exchange needs it; Node's `ServerResponse` is one. */
export interface ServedResponse {
  readonly statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  /** The connection has taken all of it. */
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  shouldKeepAlive: boolean;
  /** The connection, where what is written lies on it alone; null where it is shared, or there is none. */
  readonly socket: Socket | null;
  readonly req: { readonly httpVersionMinor: number };
  /** Why it was closed before its end. Absent: the client has closed the connection. */
  readonly whyClosed?: string | undefined;
  /** Ends it in the middle, behind what was written. Absent: its connection is closed. */
  breakOff?(): void;
  /** Throws for what can't be sent; then nothing of it is. @param headers names and values in turn, or by name */
  writeHead(status: number, headers: string[] | Record<string, string | number>): unknown;
  flushHeaders(): void;
  writeContinue(): void;
  /** Answers false where the client is behind; `drain` tells when it is not any more. */
  write(chunk: Uint8Array | string, encoding: BufferEncoding): boolean;
  write(chunk: Uint8Array, taken?: () => void): boolean;
  addTrailers(trailers: readonly [string, string][]): void;
  end(chunk: Uint8Array | string, encoding: BufferEncoding): unknown;
  end(chunk?: string): unknown;
  destroy(): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
}
