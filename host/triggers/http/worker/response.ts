import { lentLength } from '../../../engine/abi/guest-memory.ts';
import type { ErrorCode, ResponseSink } from '../../../interfaces/http/response-sink.ts';
import { closed, failed } from '../../../interfaces/io/streams.ts';
import { type Blocks, blockSize } from '../../../runtime/ipc/blocks.ts';
import { type Outcome, whyTrapped } from '../../../runtime/outcome.ts';
import { Signal } from '../../../shared/signal.ts';
import { transferableCopy } from '../../../shared/transferable-copy.ts';
import { type AnswerOutput, bodyWindow, copiedBytes, smallBody } from '../messages.ts';

/** The answers that have something to be sent at the end of this turn: an immediate for each would cost more than they do. */
let waiting: Response[] = [];
let willFlush = false;

function flushAll(): void {
  willFlush = false;
  const responses = waiting;
  waiting = [];
  for (const response of responses) response.turnEnded();
}

/**
 * The answer to one request in the worker. Its parts are gathered until the guest waits or ends, so that
 * a small answer is one message. Long ones are gathered in blocks that the main thread writes from, where there are any.
 */
export class Response implements ResponseSink {
  readonly copies = true;
  readonly #id: number;
  readonly #isHead: boolean;
  #status = 0;
  readonly #send: (output: AnswerOutput) => void;
  readonly #blocks: Blocks;
  readonly #signal = new Signal();
  #output: AnswerOutput;
  #chunks: Uint8Array[] = [];
  #pendingBytes = 0;
  /** The block that is being filled, and how much of it is; there are no chunks then. */
  #block: number | undefined;
  #blockUsed = 0;
  #unacknowledged = 0;
  /** It is sent at the end of this turn, unless it was before. */
  #isWaiting = false;
  #failure: string | undefined;
  #state: 'unset' | 'open' | 'complete' | 'failed' = 'unset';

  constructor(id: number, method: string, blocks: Blocks, send: (output: AnswerOutput) => void) {
    this.#id = id;
    this.#isHead = method === 'HEAD';
    this.#blocks = blocks;
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
    this.#unacknowledged += bytes.length;
    if (this.#block !== undefined || bytes.length >= lentLength) this.#fill(bytes);
    else this.#keep(bytes);
    this.#flushSoon();
  }

  #keep(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= smallBody) this.#sendParts();
  }

  /** Copies bytes to blocks. A block is sent when there is more than fits into it. */
  #fill(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.#blockUsed === blockSize) this.#sendParts();
      if (this.#block === undefined && !this.#takeBlock()) {
        this.#keep(Uint8Array.from(bytes.subarray(from)));
        return;
      }
      const to = Math.min(bytes.length, from + blockSize - this.#blockUsed);
      this.#put(bytes.subarray(from, to));
      from = to;
    }
  }

  /** Takes a block, and brings there what was gathered elsewhere. Answers false where there is none. */
  #takeBlock(): boolean {
    this.#block = this.#blocks.take();
    if (this.#block === undefined) return false;
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#pendingBytes = 0;
    for (const chunk of chunks) this.#put(chunk);
    return true;
  }

  #put(bytes: Uint8Array): void {
    this.#blocks.put(bytes, (this.#block ?? 0) + this.#blockUsed);
    this.#blockUsed += bytes.length;
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
          : whyTrapped(outcome.trap),
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
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    waiting.push(this);
    if (willFlush) return;
    willFlush = true;
    setImmediate(flushAll);
  }

  /** The turn is over. */
  turnEnded(): void {
    if (this.#isWaiting) this.#sendParts();
  }

  #sendParts(): void {
    if (this.#isWaiting) {
      this.#isWaiting = false;
      // One that ends as soon as it was begun is the last.
      if (waiting.at(-1) === this) waiting.pop();
    }
    const at = this.#block;
    const length = this.#blockUsed;
    this.#block = undefined;
    this.#blockUsed = 0;
    const isShort = at !== undefined && length <= copiedBytes;
    if (isShort) this.#output.bytes = this.#blocks.bytes.subarray(at, at + length);
    else if (at !== undefined) this.#output.part = { at, length };
    const [first] = this.#chunks;
    if (first !== undefined) {
      this.#output.bytes = this.#chunks.length === 1 ? first : transferableCopy(this.#chunks);
      this.#chunks = [];
      this.#pendingBytes = 0;
    }
    const output = this.#output;
    this.#output = { id: this.#id };
    this.#send(output);
    if (isShort) this.#blocks.free(at);
  }
}

function describeErrorCode(error: ErrorCode): string {
  const detail = 'val' in error && typeof error.val === 'string' ? `: ${error.val}` : '';
  return `the component answered with the error ${error.tag}${detail}`;
}
