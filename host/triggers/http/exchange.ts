import type { RequestHead } from '../../interfaces/http/incoming.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import { noTrace } from '../../runtime/trace/packed-trace.ts';
import type { Invocation } from '../../runtime/worker-pool/invocation.ts';
import type { WorkerLink } from '../../runtime/worker-pool/worker-link.ts';
import { Answer, type AnswerOwner } from './answer.ts';
import { onConnectionEnd } from './connection-end.ts';
import type { ExchangeEvents } from './exchange-events.ts';
import { failureAnswer, failureOf } from './failure-answer.ts';
import { type Body, type HttpRequest, notes, type ReceivedOutput } from './messages.ts';
import { splitTarget } from './request-target.ts';
import type { ServedRequest, ServedResponse } from './served-message.ts';
import { httpTrigger } from './trigger.ts';
import { announcesBody, Upload, type UploadOwner } from './upload.ts';

/** How long a guest that is given up may take to tell what it did, in milliseconds. */
const lastWords = 100;

/**
 * One request of a client and its answer.
 *
 * Client and guest meet here, so nothing that either says may throw any further: what does is a fault of the host, which ends this
 * exchange and no other.
 */
export class Exchange implements Invocation, HttpRequest, UploadOwner, AnswerOwner {
  readonly trigger = httpTrigger;
  /** Counts the requests of a host from 1. */
  readonly number: number;
  readonly head: RequestHead;
  /** See `HttpRequest.entry`. */
  readonly entry: number | undefined;
  /** How many requests of components lie between it and a client; 0 for one of a client. */
  readonly depth: number;
  /** Who serves it, where that is not the component. */
  component: string | undefined;
  readonly #request: ServedRequest;
  readonly #response: ServedResponse;
  readonly #answer: Answer;
  /** Absent where there is no body. */
  #upload: Upload | undefined;
  readonly #events: ExchangeEvents;
  readonly #started = performance.now();
  #lastProgress = this.#started;
  #link: WorkerLink | undefined;
  #id = 0;
  #failure: string | undefined;
  #outcome: Outcome | undefined;
  #closed = false;
  /** The answer when the guest has told what it did, or did not in time. */
  #givenUp: { readonly status: number; readonly reason: string; readonly timer: NodeJS.Timeout } | undefined;
  /** The guest is not ended with the connection any more. */
  #forget: (() => void) | undefined;
  #reported = false;
  #refused = false;
  readonly #clientPort: number;

  constructor(number: number, request: ServedRequest, response: ServedResponse, events: ExchangeEvents) {
    this.number = number;
    this.#request = request;
    this.#response = response;
    this.#events = events;
    this.#clientPort = request.socket.remotePort ?? 0;
    this.entry = request.inner?.entry;
    this.depth = request.inner?.depth ?? 0;
    const method = request.method ?? 'GET';
    this.head = {
      method,
      ...splitTarget(request.url ?? '/', request.headers.host, request.scheme),
      headers: request.rawHeaders,
    };
    this.#answer = new Answer(response, method, this);
    response.on('close', () => this.#closedBy(response.writableFinished));
    // Of a connection that breaks; `close` follows.
    response.on('error', ignore);
  }

  /**
   * Answers whether a guest can be given the request now; calls `ready` when it can, where it can't.
   *
   * @param mustContinue whether the client expects `100 Continue` before it sends the body
   */
  gatherBody(mustContinue: boolean, ready: () => void): boolean {
    if (!(this.#request.hasBody ?? announcesBody(this.#request.headers))) return true;
    this.#upload = new Upload(this.#request, this.#response, mustContinue, this);
    this.#upload.gather(ready);
    return false;
  }

  /** Milliseconds since the request came. */
  get age(): number {
    return performance.now() - this.#started;
  }

  /** Milliseconds since anything was heard of the guest or the client. */
  get idle(): number {
    return performance.now() - this.#lastProgress;
  }

  /** Nobody waits for more of the answer. */
  get isOver(): boolean {
    return this.#givenUp !== undefined || this.#closed || this.#answer.isOver;
  }

  /** Gives a worker the request. @param id the request's there */
  begin(link: WorkerLink, id: number): void {
    this.#link = link;
    this.#id = id;
    this.#upload?.begin(link, id);
    link.begin(id, httpTrigger, this);
  }

  get body(): Body {
    return this.#upload?.body;
  }

  /** True while the request can still be given to another thread: nothing of its body has been passed on. */
  get canMove(): boolean {
    return this.#upload?.canMove !== false && !this.#answer.hasBegun;
  }

  /** Something was heard of the guest or the client. */
  progress(): void {
    this.#lastProgress = performance.now();
  }

  /** The client has taken so many bytes more. */
  acknowledge(bytes: number): void {
    this.progress();
    this.#link?.note(this.#id, notes.acknowledge, bytes);
  }

  /** Runs what comes from outside, and ends the exchange where that throws. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.broken(error);
    }
  }

  /** All that a guest says is a note. */
  receive(): void {}

  note(kind: number, amount: number): void {
    this.progress();
    if (kind === notes.read) this.guard(() => this.#upload?.send());
    else if (kind === notes.credit) this.#upload?.credit(amount);
  }

  output({ head, bytes: whole, end, failure, outcome, lent }: ReceivedOutput): void {
    this.progress();
    const bytes = lent?.bytes ?? whole;
    try {
      if (this.#givenUp !== undefined) {
        if (outcome !== undefined) this.#answerGivenUp(outcome);
      } else if (!this.#closed) {
        if (head !== undefined && this.#upload?.isExpected) this.#answer.closeAfterwards();
        const isPart = head !== undefined || bytes !== undefined || end !== undefined;
        const problem = isPart ? this.#answer.send({ head, bytes, end, lent }) : undefined;
        if (problem !== undefined) this.fail(500, problem, outcome);
        if (failure !== undefined) this.fail(500, failure, outcome);
      } else if (bytes !== undefined) this.acknowledge(bytes.length);
      if (outcome !== undefined) {
        this.#outcome = outcome;
        this.#forget?.();
        this.#events.handled?.(this.number, outcome.operations);
        this.#discardBody();
        this.#reportWhenOver();
      }
    } catch (error) {
      this.#outcome ??= outcome;
      this.broken(error);
    } finally {
      if (lent?.isHeld === false) lent.giveBack();
    }
  }

  /** Nothing was heard for too long. @param patience for how long, in milliseconds */
  late(patience: number): void {
    const seconds = patience / 1000;
    if (this.isOver) this.#link?.abort(this.#id, 'its time is up');
    else if (this.#upload?.isAwaited)
      this.#endEarly(408, `the rest of the request's body did not come within ${seconds} s`);
    else if (this.#answer.isBehind) this.fail(504, `the client did not read the answer within ${seconds} s`);
    else this.#endEarly(504, `the component did not answer within ${seconds} s`);
  }

  /** Asks the guest to end and ends the exchange, with what the guest did until then where it tells. */
  #endEarly(status: number, reason: string): void {
    const link = this.#link;
    if (link === undefined || this.isOver || this.#answer.hasBegun) this.fail(status, reason);
    else {
      const answer = () => this.guard(() => this.#answerGivenUp());
      this.#givenUp = { status, reason, timer: setTimeout(answer, lastWords) };
    }
    link?.abort(this.#id, reason);
  }

  #answerGivenUp(outcome?: Outcome): void {
    const { status = 0, reason = '', timer } = this.#givenUp ?? {};
    clearTimeout(timer);
    this.#givenUp = undefined;
    this.fail(status, reason, outcome);
  }

  /** Ends the exchange with an answer of ours, or with a closed connection when one has begun. */
  fail(status: number, reason: string, outcome?: Outcome): void {
    if (this.#givenUp !== undefined) {
      this.#answerGivenUp(outcome);
      return;
    }
    this.#failure ??= reason;
    if (this.isOver) return;
    if (this.#answer.hasBegun) {
      this.#answer.breakOff();
      return;
    }
    if (this.#upload?.isExpected) this.#answer.closeAfterwards();
    const { headers, body } = failureAnswer(
      failureOf(status, reason, this.head, outcome),
      this.#request.headers.accept,
    );
    this.#answer.replace(status, headers, body);
  }

  /** The host has too much to do: nothing was done for the request, and it may be sent again. */
  refuse(reason: string): void {
    this.#refused = true;
    this.guard(() => this.fail(503, reason));
    this.orphan();
  }

  /** What came behind the head can't be read: the request gets 400, its guest is told, and its connection is closed. */
  malformed(reason: string): void {
    this.guard(() => {
      this.#answer.closeAfterwards();
      this.fail(400, reason);
      if (this.#outcome === undefined) this.#link?.abort(this.#id, reason);
    });
  }

  giveUp(reason: string): void {
    this.fail(503, reason);
    this.orphan();
  }

  /** No guest will say anything about this request any more. */
  orphan(): void {
    this.#outcome ??= { operations: noTrace };
    this.#discardBody();
    this.guard(() => this.#reportWhenOver());
  }

  /** The client has all of its answer, which is no more than a head; what the guest goes on doing is for nobody once it has gone. */
  #endWithConnection(link: WorkerLink): void {
    const abort = (): void => link.abort(this.#id, 'the client closed the connection');
    this.#forget = onConnectionEnd(this.#request.socket, abort);
  }

  #discardBody(): void {
    if (this.#upload === undefined) this.#request.resume();
    else this.#upload.discard();
  }

  /** Something happened that nobody foresaw. */
  broken(error: unknown): void {
    this.#events.fault(error);
    const reason = 'kvasi failed while it handled this request; its terminal says why';
    if (this.#outcome === undefined) this.#link?.abort(this.#id, reason);
    try {
      this.fail(500, reason);
    } catch {
      this.#answer.destroy();
    }
  }

  #closedBy(isWhole: boolean): void {
    try {
      this.#clientIsDone(isWhole);
    } catch (error) {
      this.broken(error);
    }
  }

  #clientIsDone(isWhole: boolean): void {
    clearTimeout(this.#givenUp?.timer);
    this.#givenUp = undefined;
    this.#closed = true;
    this.#answer.closed();
    if (!isWhole) this.#failure ??= this.#response.whyClosed ?? 'the client closed the connection';
    const link = this.#link;
    if (link === undefined) this.#outcome ??= { operations: noTrace };
    else if (this.#outcome === undefined) {
      if (!isWhole) link.abort(this.#id, this.#failure ?? '');
      else if (this.#answer.isHeadOnly) this.#endWithConnection(link);
    }
    this.#discardBody();
    this.#reportWhenOver();
  }

  #reportWhenOver(): void {
    if (this.#reported || !this.#closed || this.#outcome === undefined) return;
    this.#reported = true;
    const { operations, trap } = this.#outcome;
    this.#events.request({
      request: this.number,
      clientPort: this.#clientPort,
      method: this.head.method,
      path: this.head.pathWithQuery,
      status: this.#answer.status,
      milliseconds: performance.now() - this.#started,
      operations,
      trap,
      failure: this.#failure,
      refused: this.#refused,
      ...(this.component === undefined ? {} : { component: this.component }),
      ...(this.depth === 0 ? {} : { authority: this.head.authority, parent: this.#request.inner?.parent }),
    });
  }
}

function ignore(): void {}
