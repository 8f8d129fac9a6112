import { childOf, type SpanContext } from '../../runtime/trace/span-context.ts';
import type { InterfaceTrace } from '../../runtime/trace/trace-log.ts';
import type { Guest } from '../../runtime/worker/guest.ts';
import { Signal } from '../../shared/signal.ts';
import type { BodySource } from './incoming.ts';
import { httpOperations } from './operations.ts';
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

/** What takes a request to its end, once it has begun. */
export interface CallHooks {
  /** The guest does not want it any more, or has ended. */
  dropped(): void;
  /** The request that the guest serves has ended: this is the last moment to note what came of the other one. */
  mustNote(): void;
  /** The guest is unwound: whoever waits is rejected. */
  unwound(reason: Error): void;
}

/**
 * A request that a guest sends, from the moment at which it does until nothing more comes of it. What it is for is found out at once: an
 * instance may serve several requests, and runs for another one later.
 */
export class OutgoingCall {
  /** The request that the guest serves, as its worker counts them. */
  readonly request: number;
  readonly started = performance.now();
  readonly trace: Pick<InterfaceTrace, 'note'>;
  /** Absent where nobody traces. */
  readonly span: SpanContext | undefined;
  readonly #signal = new Signal();
  readonly #forgets: readonly (() => void)[];
  #result: CallResult | undefined;
  #isDropped = false;
  hooks: CallHooks | undefined;

  constructor({ lifetime, holdings, trace, request }: Guest) {
    this.request = request;
    this.trace = trace.of(httpOperations).current();
    const { span } = trace;
    this.span = span === undefined ? undefined : childOf(span);
    this.#forgets = [
      lifetime.onEnd((reason) => {
        this.#signal.fail(reason);
        this.hooks?.unwound(reason);
      }),
      holdings.keepOpen(() => this.drop()),
      trace.keepOpen(() => this.hooks?.mustNote()),
    ];
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
    this.hooks?.dropped();
    this.over();
  }

  /** Nothing more comes of it. */
  over(): void {
    for (const forget of this.#forgets) forget();
  }
}
