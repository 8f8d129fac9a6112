import type { RequestSink } from './outgoing/request-sink.ts';
import type { RequestTarget } from './request-target.ts';
import type { ErrorCode } from './response-sink.ts';

/** How long parts of a request may take, in nanoseconds; undefined: as long as the request that the guest serves. */
export interface Timeouts {
  readonly connect: bigint | undefined;
  readonly firstByte: bigint | undefined;
  readonly betweenBytes: bigint | undefined;
}

/** A request that a guest sends. */
export interface GuestRequest {
  readonly target: RequestTarget;
  /** Names and Latin-1 values in turn. */
  readonly headers: readonly string[];
  readonly timeouts: Timeouts;
  /** The length that its headers tell of a body, in bytes. */
  readonly declared: number | undefined;
  /** Absent where it has none. */
  readonly body:
    | {
        /** From now on it flows to where it goes. */
        connect(sink: RequestSink): void;
        /** It is never sent. */
        discard(error: ErrorCode): void;
      }
    | undefined;
}
