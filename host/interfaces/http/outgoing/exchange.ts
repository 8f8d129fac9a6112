import type { Clock } from '../../../shared/clock.ts';
import { Deadline } from '../../../shared/deadline.ts';
import type { Timeouts } from '../guest-request.ts';
import type { OutgoingCall } from '../outgoing-call.ts';
import { ReceivedBody } from '../received-body.ts';
import type { ErrorCode } from '../response-sink.ts';
import { errorCodeOf, errorText, OutgoingError } from './error-codes.ts';
import type { Answering, Flow } from './outbound.ts';
import type { RequestSink } from './request-sink.ts';

/** How much of a body waits for the guest to read it until no more is taken from the server, in bytes. */
const bodyWindow = 256 * 1024;

/** What came of a request, for its record. */
export interface ExchangeReport {
  readonly status: number | undefined;
  /** Of the response's body, in bytes. */
  readonly size: number;
  readonly error: string | undefined;
}

/** What an exchange is made of. */
interface ExchangeParts {
  readonly call: OutgoingCall;
  readonly body: RequestSink | undefined;
  readonly timeouts: Timeouts;
  readonly clock: Clock;
  /** Called once, with what came of it until it ended, or the guest's own request did. */
  note(report: ExchangeReport): void;
  /** The head of the response has come, or will not. */
  begun?(error: ErrorCode | undefined): void;
}

/**
 * A request of a guest and its response. It ends with the response, with an error, when the guest drops it, and when the request that
 * the guest serves ends.
 */
export class Exchange implements Answering {
  readonly #parts: ExchangeParts;
  #flow: Flow | undefined;
  #giveUp: (() => void) | undefined;
  #response: ReceivedBody | undefined;
  #status: number | undefined;
  #size = 0;
  /** Bytes that have come and were not read. */
  #waiting = 0;
  #isPaused = false;
  #isOver = false;
  #isNoted = false;
  #deadline: Deadline | undefined;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    const { call, timeouts } = parts;
    call.hooks = {
      dropped: () => this.#close(),
      mustNote: () => this.#note(undefined),
      unwound: (reason) => {
        this.#response?.abort(reason);
        parts.body?.abort(reason);
      },
    };
    this.#wait(timeouts.connect, 'connection-timeout', 'connecting took longer than its connect-timeout');
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** How it is given up while it is not on its way. */
  set giveUp(giveUp: () => void) {
    this.#giveUp = giveUp;
    if (this.#isOver) giveUp();
  }

  sent(flow: Flow): void {
    if (this.#isOver) {
      flow.abort();
      return;
    }
    this.#flow = flow;
    const { timeouts } = this.#parts;
    this.#wait(timeouts.firstByte, 'HTTP-response-timeout', 'no answer came within its first-byte-timeout');
  }

  head(status: number, headers: readonly string[]): void {
    if (this.#isOver) return;
    this.#status = status;
    const body = new AnswerBody(
      (bytes) => this.#read(bytes),
      () => this.#parts.call.drop(),
    );
    this.#response = body;
    this.#waitForBytes();
    this.#parts.begun?.(undefined);
    this.#parts.call.settle({ tag: 'ok', val: { status, headers, body } });
  }

  data(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#size += bytes.length;
    this.#waiting += bytes.length;
    this.#response?.push(bytes);
    if (this.#waiting >= bodyWindow && !this.#isPaused) {
      this.#isPaused = true;
      this.#flow?.pause();
      this.#deadline?.clear();
    } else if (!this.#isPaused) this.#waitForBytes();
  }

  end(trailers: readonly string[]): void {
    if (this.#isOver) return;
    this.#end(undefined);
    this.#response?.end(trailers);
    this.#parts.body?.fail('the server has answered without the rest of the request');
  }

  fail(thrown: unknown): void {
    if (this.#isOver) return;
    const code = errorCodeOf(thrown, this.#response !== undefined);
    const text = errorText(code, thrown);
    this.#end(text);
    this.#response?.fail(text, code);
    this.#parts.body?.fail(text);
    this.#parts.begun?.(code);
    this.#parts.call.settle({ tag: 'err', val: code });
  }

  /** The guest has broken off the body of its request. */
  abandon(reason: string, code: ErrorCode = { tag: 'internal-error', val: reason }): void {
    if (this.#isOver) return;
    const flow = this.#flow;
    this.fail(new OutgoingError(code, reason));
    flow?.abort();
  }

  /** Nobody wants it any more: it ends here, and the connection with it. */
  #close(): void {
    if (this.#isOver) return;
    const flow = this.#flow;
    this.#end(undefined);
    const code: ErrorCode = { tag: 'connection-terminated' };
    this.#response?.fail('the component has dropped it', code);
    this.#parts.body?.fail('the component has dropped the response');
    this.#parts.begun?.(code);
    this.#parts.call.settle({ tag: 'err', val: code });
    flow?.abort();
  }

  #end(error: string | undefined): void {
    this.#note(error);
    this.#isOver = true;
    this.#deadline?.clear();
    this.#giveUp?.();
    this.#parts.call.over();
  }

  #note(error: string | undefined): void {
    if (this.#isNoted) return;
    this.#isNoted = true;
    this.#parts.note({ status: this.#status, size: this.#size, error });
  }

  #read(bytes: number): void {
    this.#waiting -= bytes;
    if (!this.#isPaused || this.#waiting > bodyWindow / 2) return;
    this.#isPaused = false;
    this.#flow?.resume();
    if (!this.#isOver) this.#waitForBytes();
  }

  #waitForBytes(): void {
    const { betweenBytes } = this.#parts.timeouts;
    this.#wait(betweenBytes, 'connection-read-timeout', 'nothing came for its between-bytes-timeout');
  }

  #wait(nanoseconds: bigint | undefined, tag: string, why: string): void {
    this.#deadline?.clear();
    this.#deadline = undefined;
    if (nanoseconds === undefined) return;
    this.#deadline = new Deadline(this.#parts.clock, nanoseconds, () => {
      const flow = this.#flow;
      this.fail(new OutgoingError({ tag }, why));
      flow?.abort();
    });
  }
}

/** The body of a response. */
class AnswerBody extends ReceivedBody {
  readonly #onDrop: () => void;

  constructor(onRead: (bytes: number) => void, onDrop: () => void) {
    super('stream', onRead, () => {});
    this.#onDrop = onDrop;
  }

  drop(): void {
    this.discard();
    this.#onDrop();
  }
}
