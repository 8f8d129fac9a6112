import type { ErrorCode } from './response-sink.ts';

/** A request that is answered on the main thread: by a test, or by a component of the host. */
export interface AskedRequest {
  readonly method: string;
  readonly url: string;
  /** Names and Latin-1 values in turn. */
  readonly headers: readonly string[];
  readonly hasBody: boolean;
}

/** What of this host a request goes to, and who sends it. */
export interface InnerTarget {
  /** The component that it names; absent where it goes to an address of the host. */
  readonly component: string | undefined;
  /** The request that the component serves which sends it, as its worker counts them. */
  readonly request: number;
}

/** What leads to the components of this host themselves. */
export interface OwnPlaces {
  /** Their names. */
  readonly names: readonly string[];
  /** Where the host listens, such as `http://localhost:8000`. */
  readonly origins: readonly string[];
}

/** Worker to main thread, about the request `id` that is answered there. */
export type FromHttpWorker =
  /** @param inner absent: a test answers it */
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly asked: AskedRequest;
      readonly inner: InnerTarget | undefined;
    }
  /** Of the request's body: one for each `pull`. */
  | { readonly type: 'chunk'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly id: number; readonly trailers: readonly string[] }
  /** The guest does not want it any more, or breaks its body off. */
  | { readonly type: 'drop'; readonly id: number }
  /** The guest reads: another part of the response may follow. */
  | { readonly type: 'pull'; readonly id: number };

/** Main thread to worker. */
export type ToHttpWorker =
  | { readonly type: 'own'; readonly own: OwnPlaces }
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
  | { readonly type: 'end'; readonly id: number; readonly trailers: readonly string[] }
  | { readonly type: 'fail'; readonly id: number; readonly code: ErrorCode; readonly why: string }
  /** Another part of the request's body may follow. */
  | { readonly type: 'pull'; readonly id: number };
