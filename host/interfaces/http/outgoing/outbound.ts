import type { Destination } from './destination.ts';
import type { RequestSink } from './request-sink.ts';

/** A request as it goes out. */
export interface Outbound {
  readonly destination: Destination;
  readonly method: string;
  /** Names and Latin-1 values in turn, without those that belong to the connection. */
  readonly headers: readonly string[];
  /** Absent where it has none. */
  readonly body: RequestSink | undefined;
}

/** What can be done to a response that comes. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** Nobody wants it, or the rest of the request. */
  abort(): void;
}

/** Takes what comes of a request, in this order; `fail` may come instead of each. */
export interface Answering {
  /** The request is on its way. */
  sent(flow: Flow): void;
  /** @param headers names and Latin-1 values in turn */
  head(status: number, headers: readonly string[]): void;
  data(bytes: Uint8Array): void;
  end(trailers: readonly string[]): void;
  fail(thrown: unknown): void;
}

/** What takes requests to where they go. */
export interface Way {
  /** Sends a request. What it answers gives it up as long as it is not on its way. */
  send(outbound: Outbound, answering: Answering): () => void;
}

/** A connection to a server. */
export interface Connection {
  /** Whether another request can be sent on it now. */
  readonly isFree: boolean;
  /** Whether no request is under way on it. */
  readonly isIdle: boolean;
  /** Whether it has been used before. */
  readonly isUsed: boolean;
  /** @param answering gets at least one call after this has returned */
  send(request: Outbound, answering: Answering): void;
  close(): void;
}

/** How long a connection stays open that nobody uses, in milliseconds, where its server does not say less. */
export const idleTimeout = 4000;
/** The largest head and trailers of a response, in bytes. */
export const mostHeadBytes = 64 * 1024;
