import type { Lifetime } from '../../runtime/worker/lifetime.ts';
import { Signal } from '../../shared/signal.ts';
import type { BodySource } from './incoming.ts';
import type { ErrorCode } from './response-sink.ts';

/** A response to a request of a guest, as its body begins to come in. */
export interface ResponseHead {
  readonly status: number;
  /** Names and Latin-1 values in turn. */
  readonly headers: readonly string[];
  readonly body: BodySource;
}

export type CallResult =
  | { readonly tag: 'ok'; readonly val: ResponseHead }
  | { readonly tag: 'err'; readonly val: ErrorCode };

/** A request of a guest that was sent, until its response begins or it fails. */
export class OutgoingCall {
  readonly #signal = new Signal();
  readonly #forget: () => void;
  #result: CallResult | undefined;
  #isDropped = false;
  /** What else is to happen when the guest does not want it any more. */
  onDrop: (() => void) | undefined;

  /** @param lifetime of the guest: where it is unwound, whoever waits here is */
  constructor(lifetime: Lifetime) {
    this.#forget = lifetime.onEnd((reason) => this.#signal.fail(reason));
  }

  get result(): CallResult | undefined {
    return this.#result;
  }

  get isDropped(): boolean {
    return this.#isDropped;
  }

  settle(result: CallResult): void {
    if (this.#result !== undefined) return;
    this.#result = result;
    this.#forget();
    this.#signal.notify();
  }

  /** Resolves when there may be a result. */
  whenReady(): Promise<void> {
    return this.#signal.wait();
  }

  /** The guest does not want the response any more, or the rest of it. */
  drop(): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.#forget();
    this.onDrop?.();
  }
}
