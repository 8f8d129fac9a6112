import type { ErrorCode } from './response-sink.ts';

/** A request that a test is to answer, from a worker. */
export interface AskedRequest {
  readonly method: string;
  readonly url: string;
  /** Names and Latin-1 values in turn. */
  readonly headers: readonly string[];
  readonly hasBody: boolean;
}

/** Worker to main thread, about the request `id` that a test is to answer. */
export type FromHttpWorker =
  | { readonly type: 'ask'; readonly id: number; readonly asked: AskedRequest }
  /** Of the request's body: one for each `pull`. */
  | { readonly type: 'chunk'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly id: number }
  /** The guest does not want it any more, or breaks its body off. */
  | { readonly type: 'drop'; readonly id: number }
  /** The guest reads: another part of the response may follow. */
  | { readonly type: 'pull'; readonly id: number };

/** Main thread to worker. */
export type ToHttpWorker =
  /** It goes to the network. */
  | { readonly type: 'pass'; readonly id: number }
  | {
      readonly type: 'head';
      readonly id: number;
      readonly status: number;
      readonly headers: readonly string[];
    }
  /** Of the response's body: one for each `pull`. */
  | { readonly type: 'chunk'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'fail'; readonly id: number; readonly code: ErrorCode; readonly why: string }
  /** Another part of the request's body may follow. */
  | { readonly type: 'pull'; readonly id: number };
