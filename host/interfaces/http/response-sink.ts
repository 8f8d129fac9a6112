import type { ByteSink } from '../io/streams.ts';

/** `wasi:http/types` error-code, as far as this host gives or reads it. */
export type ErrorCode =
  | { readonly tag: 'HTTP-response-body-size' | 'HTTP-request-body-size'; readonly val: bigint | undefined }
  | { readonly tag: 'HTTP-request-denied' }
  | { readonly tag: 'internal-error'; readonly val: string | undefined }
  | { readonly tag: string; readonly val?: unknown };

/** Where the body of a message goes. */
export interface BodySink extends ByteSink {
  /** The message has no content, whatever its head says of it: such as a response that answers HEAD, or is a 204 or 304. */
  readonly isHeadOnly: boolean;
  /** The body is complete. */
  finish(trailers: string[] | undefined): void;
  /** The body will never be complete. @param code says why, where a case does */
  abandon(reason: string, code?: ErrorCode): void;
}

/** Where an answer goes. */
export interface ResponseSink extends BodySink {
  /** Names and Latin-1 values in turn. Called at most once, before any byte is written. */
  respond(status: number, headers: string[]): void;
  /** The guest answers with an error instead of a response. */
  refuse(error: ErrorCode): void;
}
