import type { ErrorCode, ResponseSink } from '../../../interfaces/http/response-sink.ts';
import { closed, failed } from '../../../interfaces/io/streams.ts';
import type { Outcome } from '../../../runtime/outcome.ts';
import { Signal } from '../../../shared/signal.ts';
import { transferableCopy } from '../../../shared/transferable-copy.ts';
import { type AnswerOutput, bodyWindow, smallBody } from '../messages.ts';

/**
 * The answer to one request in the worker. Its parts are gathered until the guest waits or ends, so that
 * a small answer is one message.
 */
export class Response implements ResponseSink {
  readonly #id: number;
  readonly #isHead: boolean;
  #status = 0;
  readonly #send: (output: AnswerOutput) => void;
  readonly #signal = new Signal();
  #output: AnswerOutput;
  #chunks: Uint8Array[] = [];
  #pendingBytes = 0;
  #unacknowledged = 0;
  #flushing: NodeJS.Immediate | undefined;
  #failure: string | undefined;
  #state: 'unset' | 'open' | 'complete' | 'failed' = 'unset';

  constructor(id: number, method: string, send: (output: AnswerOutput) => void) {
    this.#id = id;
    this.#isHead = method === 'HEAD';
    this.#send = send;
    this.#output = { id };
  }

  get isSet(): boolean {
    return this.#state !== 'unset';
  }

  get isHeadOnly(): boolean {
    return this.#isHead || this.#status === 204 || this.#status === 304;
  }

  respond(status: number, headers: string[]): void {
    this.#status = status;
    this.#state = 'open';
    this.#output.head = { status, headers };
    this.#flushSoon();
  }

  refuse(error: ErrorCode): void {
    this.#fail(describeErrorCode(error));
  }

  permit(): number {
    if (this.#failure !== undefined) throw failed(this.#failure);
    if (this.#state === 'complete') throw closed;
    return Math.max(0, bodyWindow - this.#unacknowledged);
  }

  write(bytes: Uint8Array): void {
    this.permit();
    this.#chunks.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#unacknowledged += bytes.length;
    if (this.#pendingBytes >= smallBody) this.#sendParts();
    else this.#flushSoon();
  }

  /** Bytes are handed on as soon as the guest waits; doing it here would split small answers. */
  flush(): void {}

  whenReady(): Promise<void> {
    return this.#signal.wait();
  }

  finish(trailers: string[] | undefined): void {
    if (this.#state !== 'open') return;
    this.#state = 'complete';
    this.#output.end = { trailers };
    this.#flushSoon();
  }

  abandon(reason: string): void {
    if (this.#state === 'open') this.#fail(reason);
  }

  /** The client has read on. */
  acknowledge(bytes: number): void {
    this.#unacknowledged -= bytes;
    this.#signal.notify();
  }

  /** The client went away: writing fails from now on. */
  clientGone(reason: string): void {
    this.#failure = reason;
    this.#signal.notify();
  }

  /** The guest is unwound: whoever waits is rejected. */
  abort(reason: Error): void {
    this.#failure ??= reason.message;
    this.#signal.fail(reason);
  }

  /** The handler has ended; what it left open never will be complete. */
  conclude(outcome: Outcome): void {
    if (this.#state === 'unset') {
      this.#fail(
        outcome.trap === undefined
          ? 'the component ended without setting an answer'
          : `the component trapped: ${outcome.trap.reason}`,
      );
    } else if (this.#state === 'open') {
      this.#fail(outcome.trap?.reason ?? 'the component ended before the body was finished');
    }
    this.#output.outcome = outcome;
    this.#sendParts();
  }

  #fail(reason: string): void {
    this.#state = 'failed';
    this.#failure ??= reason;
    this.#output.failure = reason;
    this.#flushSoon();
  }

  #flushSoon(): void {
    this.#flushing ??= setImmediate(() => this.#sendParts());
  }

  #sendParts(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const [first] = this.#chunks;
    if (first !== undefined) {
      this.#output.bytes = this.#chunks.length === 1 ? first : transferableCopy(this.#chunks);
      this.#chunks = [];
      this.#pendingBytes = 0;
    }
    const output = this.#output;
    this.#output = { id: this.#id };
    this.#send(output);
  }
}

function describeErrorCode(error: ErrorCode): string {
  const detail = 'val' in error && typeof error.val === 'string' ? `: ${error.val}` : '';
  return `the component answered with the error ${error.tag}${detail}`;
}
