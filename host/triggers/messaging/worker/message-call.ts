import type { Message } from '../../../interfaces/messaging/message.ts';
import { streamed } from '../../../interfaces/messaging/p3.ts';
import type { Outcome } from '../../../runtime/outcome.ts';
import type { CallLink, GuestCall } from '../../../runtime/worker/worker-trigger.ts';
import type { Disposition } from '../messages.ts';
import { sentEnds } from '../records.ts';

/** The longest reason of a handler that is kept, in characters. */
const longestText = 1000;

/** Which export a message calls. */
export interface MessageEntry {
  /** See `GuestCall.entry`. */
  readonly entry: number;
  /** Of 0.3.0, where bodies are streams. */
  readonly isStreamed: boolean;
}

/** A message in a worker: a call of `wasmcloud:messaging/handler.handle-message`. */
export class MessageCall implements GuestCall {
  readonly id: number;
  readonly entry: number;
  readonly #message: Message;
  readonly #isStreamed: boolean;
  readonly #link: CallLink;
  #disposition: Disposition | undefined;

  constructor(id: number, message: Message, { entry, isStreamed }: MessageEntry, link: CallLink) {
    this.id = id;
    this.entry = entry;
    this.#message = message;
    this.#isStreamed = isStreamed;
    this.#link = link;
  }

  args(): readonly unknown[] {
    return [this.#isStreamed ? streamed(this.#message) : this.#message];
  }

  ended(result: unknown): void {
    // Of an asynchronous handler this is its end, and `returned` has had the result.
    if (result !== undefined) this.#disposition = dispositionOf(result);
  }

  returned(result: unknown, over: () => void): void {
    this.ended(result);
    over();
  }

  receive(): void {}

  abort(): void {}

  /** It has said that it is done. */
  exited(status: number): boolean {
    return status === 0;
  }

  conclude(outcome: Outcome): void {
    const disposition = this.#disposition;
    this.#link.output(sentEnds, {
      id: this.id,
      outcome,
      ...(disposition === undefined ? {} : { disposition }),
    });
  }
}

/** What a handler has answered in place of ok: a text, or one of the cases of `handle-message-error`. */
function dispositionOf(result: unknown): Disposition | undefined {
  const { tag, val } = result as
    | { readonly tag: 'ok'; readonly val?: undefined }
    | {
        readonly tag: 'err';
        readonly val: string | { readonly tag: Disposition['case']; readonly val?: string };
      };
  if (tag === 'ok') return undefined;
  if (typeof val === 'string') return { case: 'other', text: val.slice(0, longestText) };
  return { case: val.tag, text: (val.val ?? '').slice(0, longestText) };
}

/** A message for a component that was replaced by one that handles none. */
export class MissingHandler extends MessageCall {
  readonly #component: string;

  constructor(id: number, message: Message, component: string, link: CallLink) {
    super(id, message, { entry: 0, isStreamed: false }, link);
    this.#component = component;
  }

  override args(): never {
    throw new WebAssembly.RuntimeError(`${this.#component} does not handle messages any more`);
  }
}
