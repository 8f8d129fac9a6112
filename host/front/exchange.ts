import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Body, bodyWindow, type Outcome, type ReceivedOutput, smallBody } from '../guest/protocol.ts';
import { ownCopy } from '../own-copy.ts';
import type { RequestHead } from '../wasi/http/incoming.ts';
import { noOperations, unpackOperations } from '../wasi/keyvalue/operation.ts';
import { mayHaveLength, pairs } from './answer-head.ts';
import type { ExchangeEvents } from './exchange-events.ts';
import { failureAnswer } from './failure-answer.ts';
import type { GuestLink } from './guest-link.ts';
import { splitTarget } from './request-target.ts';

/** How long a guest that is given up may take to tell what it did, in milliseconds. */
const lastWords = 100;
/** How long a client may take to read the rest of an answer that is broken off, in milliseconds. */
const breakOffAfter = 1000;

/** One request of a client and its answer. */
export class Exchange {
  /** Counts the requests of a host from 1. */
  readonly number: number;
  readonly head: RequestHead;
  body: Body;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #events: ExchangeEvents;
  readonly #started = performance.now();
  #lastProgress = this.#started;
  #link: GuestLink | undefined;
  #id = 0;
  #begun = false;
  #unread = 0;
  #backlog = 0;
  #streaming = false;
  #failure: string | undefined;
  #outcome: Outcome | undefined;
  #closed = false;
  #brokenOff = false;
  /** The answer when the guest has told what it did, or did not in time. */
  #givenUp: { readonly status: number; readonly reason: string; readonly timer: NodeJS.Timeout } | undefined;
  #reported = false;
  readonly #clientPort: number;

  constructor(number: number, request: IncomingMessage, response: ServerResponse, events: ExchangeEvents) {
    this.number = number;
    this.#request = request;
    this.#response = response;
    this.#events = events;
    this.#clientPort = request.socket.remotePort ?? 0;
    this.head = {
      method: request.method ?? 'GET',
      ...splitTarget(request.url ?? '/', request.headers.host),
      headers: request.rawHeaders,
    };
    response.on('close', () => this.#clientIsDone());
  }

  /**
   * Calls `ready` when the request's body has been gathered or will be streamed, so that a guest may begin.
   *
   * @param patience milliseconds without progress after which a small upload is given up
   */
  gatherBody(patience: number, ready: () => void): void {
    const { headers } = this.#request;
    const declared = headers['content-length'];
    if (declared === undefined && headers['transfer-encoding'] === undefined) {
      ready();
      return;
    }
    if (declared === undefined || Number(declared) > smallBody) {
      this.body = 'stream';
      ready();
      return;
    }
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      this.fail(408, `the rest of the request's body did not come within ${patience / 1000} s`);
    }, patience);
    this.#request.on('data', (chunk: Buffer) => {
      timer.refresh();
      chunks.push(chunk);
    });
    this.#request.once('close', () => clearTimeout(timer));
    this.#request.once('end', () => {
      clearTimeout(timer);
      this.body = ownCopy(chunks);
      ready();
    });
  }

  /** Milliseconds since anything was heard of the guest or the client. */
  get idle(): number {
    return performance.now() - this.#lastProgress;
  }

  /** Nobody waits for more of the answer. */
  get isOver(): boolean {
    return this.#givenUp !== undefined || this.#closed || this.#brokenOff || this.#response.writableEnded;
  }

  /** Gives a guest thread the request. @param id the request's there */
  begin(link: GuestLink, id: number): void {
    this.#link = link;
    this.#id = id;
    this.#begun = false;
    this.#progress();
    const { body } = this;
    link.request(id, this.head, body);
    if (body === 'stream' && !this.#streaming) this.#streamBody();
  }

  /** The guest thread has come to the request: its time counts from here, not from when it had to wait. */
  hasBegun(): void {
    if (!this.#begun) this.#progress();
    this.#begun = true;
  }

  /** True while the request can still be given to another thread: nothing of its body has been passed on. */
  get canMove(): boolean {
    return !this.#streaming && !this.#response.headersSent;
  }

  /** The guest has read on. */
  credit(bytes: number): void {
    this.#progress();
    this.#unread -= bytes;
    if (this.#unread < bodyWindow) this.#request.resume();
  }

  output({ head, bytes, end, failure, outcome }: ReceivedOutput): void {
    this.#progress();
    if (this.#givenUp !== undefined) {
      if (outcome !== undefined) this.#answerGivenUp(outcome);
    } else if (!this.#closed) {
      if (head !== undefined) this.#writeHead(head, bytes, end);
      if (end !== undefined) this.#end(bytes, end.trailers);
      else if (bytes !== undefined) this.#write(bytes);
      if (failure !== undefined) this.fail(500, failure, outcome);
    }
    if (outcome !== undefined) {
      this.#outcome = outcome;
      this.#events.handled?.(this.number, outcome.operations);
      this.#request.resume();
      this.#reportWhenOver();
    }
  }

  /** Asks the guest to end and ends the exchange, with what the guest did until then where it tells. */
  giveUp(status: number, reason: string): void {
    const link = this.#link;
    if (link === undefined || this.isOver || this.#response.headersSent) this.fail(status, reason);
    else this.#givenUp = { status, reason, timer: setTimeout(() => this.#answerGivenUp(), lastWords) };
    link?.post({ type: 'abort', id: this.#id, reason });
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
    this.#failure = reason;
    if (this.isOver) return;
    if (this.#response.headersSent) {
      this.#breakOff();
      return;
    }
    const { method, pathWithQuery: path } = this.head;
    const failure = {
      status,
      reason,
      method,
      path,
      ...(outcome?.trap === undefined ? {} : { trap: outcome.trap }),
      ...(outcome === undefined ? {} : { operations: unpackOperations(outcome.operations) }),
    };
    const { headers, body } = failureAnswer(failure, this.#request.headers.accept);
    this.#response.writeHead(status, headers);
    this.#response.end(body);
  }

  /** Closes the connection in the middle of an answer, once what was written of it is on its way. */
  #breakOff(): void {
    this.#brokenOff = true;
    process.nextTick(() => this.#response.socket?.destroySoon());
    setTimeout(() => this.#response.destroy(), breakOffAfter).unref();
  }

  /** No guest will say anything about this request any more. */
  orphan(): void {
    this.#outcome ??= { operations: noOperations };
    this.#reportWhenOver();
  }

  #progress(): void {
    this.#lastProgress = performance.now();
  }

  #writeHead(
    { status, headers }: { status: number; headers: string[] },
    bytes: Uint8Array | string | undefined,
    end: ReceivedOutput['end'],
  ): void {
    if (
      end !== undefined &&
      end.trailers === undefined &&
      mayHaveLength(status, this.head.method, headers, bytes)
    ) {
      headers.push('content-length', String(bytes?.length ?? 0));
    }
    this.#response.writeHead(status, headers);
    if (end === undefined && bytes === undefined) this.#response.flushHeaders();
  }

  #write(bytes: Uint8Array | string): void {
    const link = this.#link;
    this.#backlog += bytes.length;
    const isTaken = this.#response.write(bytes, 'latin1');
    const acknowledge = (): void => {
      const taken = this.#backlog;
      this.#backlog = 0;
      this.#progress();
      if (link !== undefined) link.post({ type: 'acknowledge', id: this.#id, bytes: taken });
    };
    if (isTaken) acknowledge();
    else if (this.#backlog === bytes.length) this.#response.once('drain', acknowledge);
  }

  #end(bytes: Uint8Array | string | undefined, trailers: string[] | undefined): void {
    if (trailers !== undefined) this.#response.addTrailers(pairs(trailers));
    if (bytes === undefined) this.#response.end();
    else this.#response.end(bytes, 'latin1');
  }

  #streamBody(): void {
    this.#streaming = true;
    const request = this.#request;
    request.on('data', (chunk: Buffer) => {
      this.#progress();
      const link = this.#link;
      // What comes after the handler has ended is read past, so that the connection can be used again.
      if (link === undefined || this.#outcome !== undefined) return;
      const bytes = ownCopy([chunk]);
      this.#unread += bytes.length;
      if (this.#unread >= bodyWindow) request.pause();
      link.post({ type: 'body', id: this.#id, bytes }, [bytes.buffer]);
    });
    request.once('end', () => {
      const link = this.#link;
      if (link !== undefined) link.post({ type: 'bodyEnd', id: this.#id, trailers: request.rawTrailers });
    });
  }

  #clientIsDone(): void {
    clearTimeout(this.#givenUp?.timer);
    this.#givenUp = undefined;
    this.#closed = true;
    if (!this.#response.writableFinished) {
      this.#failure ??= 'the client closed the connection';
      const link = this.#link;
      if (link === undefined) this.#outcome ??= { operations: noOperations };
      else if (this.#outcome === undefined) link.post({ type: 'abort', id: this.#id, reason: this.#failure });
    }
    this.#request.resume();
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
      status: this.#response.headersSent ? this.#response.statusCode : 0,
      milliseconds: performance.now() - this.#started,
      operations,
      trap,
      failure: this.#failure,
    });
  }
}
