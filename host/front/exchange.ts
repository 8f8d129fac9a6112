import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  bodyWindow,
  type Outcome,
  type Output,
  smallBody,
  type ToGuest,
  type Trap,
} from '../guest/protocol.ts';
import type { RequestHead } from '../wasi/http/incoming.ts';
import type { RequestReport } from './request-report.ts';
import { splitTarget } from './request-target.ts';

/** Sends to the guest thread that has the request; `id` is filled in by it. */
export interface GuestLink {
  readonly id: number;
  post(message: ToGuest, transfer?: ArrayBuffer[]): void;
}

/** How long a client may take to read the rest of an answer that is broken off, in milliseconds. */
const breakOffAfter = 1000;

/** A request's body as the guest thread gets it; see `ToGuest`. */
type Body = Uint8Array | 'stream' | undefined;

/** One request of a client and its answer. */
export class Exchange {
  /** Counts the requests of a host from 1. */
  readonly number: number;
  readonly head: RequestHead;
  body: Body;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #onReport: (report: RequestReport) => void;
  readonly #started = performance.now();
  #lastProgress = this.#started;
  #link: GuestLink | undefined;
  #unread = 0;
  #backlog = 0;
  #streaming = false;
  #trap: Trap | undefined;
  #failure: string | undefined;
  #outcome: Outcome | undefined;
  #closed = false;
  #brokenOff = false;
  #reported = false;
  readonly #clientPort: number;

  constructor(
    number: number,
    request: IncomingMessage,
    response: ServerResponse,
    onReport: (report: RequestReport) => void,
  ) {
    this.number = number;
    this.#request = request;
    this.#response = response;
    this.#onReport = onReport;
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
    return this.#closed || this.#brokenOff || this.#response.writableEnded;
  }

  /** A guest thread has taken the request. */
  begin(link: GuestLink): void {
    this.#link = link;
    this.#progress();
    const body = this.body instanceof Uint8Array ? this.body.slice() : this.body;
    link.post(
      { type: 'request', id: link.id, head: this.head, body },
      body instanceof Uint8Array ? [body.buffer] : [],
    );
    if (body === 'stream' && !this.#streaming) this.#streamBody();
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

  output({ head, bytes, end, failure, outcome }: Output): void {
    this.#progress();
    if (!this.#closed) {
      if (head !== undefined) this.#writeHead(head, bytes, end);
      if (end !== undefined) this.#end(bytes, end.trailers);
      else if (bytes !== undefined) this.#write(bytes);
      if (failure !== undefined) this.fail(500, failure, outcome?.trap);
    }
    if (outcome !== undefined) {
      this.#outcome = outcome;
      this.#trap = outcome.trap;
      this.#request.resume();
      this.#reportWhenOver();
    }
  }

  /** Ends the exchange with an answer of ours, or with a closed connection when one has begun. */
  fail(status: number, reason: string, trap?: Trap): void {
    this.#failure = reason;
    if (trap !== undefined) this.#trap = trap;
    if (this.isOver) return;
    if (this.#response.headersSent) {
      this.#breakOff();
      return;
    }
    const text = `${reason}\n`;
    this.#response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      // The rest of the request may come at any time, and would be taken for the next one (RFC 9110, 15.5.9).
      ...(status === 408 ? { connection: 'close' } : {}),
    });
    this.#response.end(text);
  }

  /** Closes the connection in the middle of an answer, once what was written of it is on its way. */
  #breakOff(): void {
    this.#brokenOff = true;
    process.nextTick(() => this.#response.socket?.destroySoon());
    setTimeout(() => this.#response.destroy(), breakOffAfter).unref();
  }

  /** No guest will say anything about this request any more. */
  orphan(): void {
    this.#outcome ??= { operations: [] };
    this.#reportWhenOver();
  }

  #progress(): void {
    this.#lastProgress = performance.now();
  }

  #writeHead(
    { status, headers }: { status: number; headers: string[] },
    bytes: Uint8Array | undefined,
    end: Output['end'],
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

  #write(bytes: Uint8Array): void {
    const link = this.#link;
    this.#backlog += bytes.length;
    const isTaken = this.#response.write(bytes);
    const acknowledge = (): void => {
      const taken = this.#backlog;
      this.#backlog = 0;
      this.#progress();
      if (link !== undefined) link.post({ type: 'acknowledge', id: link.id, bytes: taken });
    };
    if (isTaken) acknowledge();
    else if (this.#backlog === bytes.length) this.#response.once('drain', acknowledge);
  }

  #end(bytes: Uint8Array | undefined, trailers: string[] | undefined): void {
    if (trailers !== undefined) this.#response.addTrailers(pairs(trailers));
    this.#response.end(bytes);
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
      link.post({ type: 'body', id: link.id, bytes }, [bytes.buffer]);
    });
    request.once('end', () => {
      const link = this.#link;
      if (link !== undefined) link.post({ type: 'bodyEnd', id: link.id, trailers: request.rawTrailers });
    });
  }

  #clientIsDone(): void {
    this.#closed = true;
    if (!this.#response.writableFinished) {
      this.#failure ??= 'the client closed the connection';
      const link = this.#link;
      if (link === undefined) this.#outcome ??= { operations: [] };
      else if (this.#outcome === undefined) link.post({ type: 'abort', id: link.id, reason: this.#failure });
    }
    this.#request.resume();
    this.#reportWhenOver();
  }

  #reportWhenOver(): void {
    if (this.#reported || !this.#closed || this.#outcome === undefined) return;
    this.#reported = true;
    this.#onReport({
      request: this.number,
      clientPort: this.#clientPort,
      method: this.head.method,
      path: this.head.pathWithQuery,
      status: this.#response.headersSent ? this.#response.statusCode : 0,
      milliseconds: performance.now() - this.#started,
      operations: this.#outcome.operations,
      ...(this.#trap === undefined ? {} : { trap: this.#trap }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    });
  }
}

/** An array of its own buffer: Node's small chunks share a pool and can't be transferred. */
function ownCopy(chunks: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined && first.buffer instanceof ArrayBuffer) {
    if (first.buffer.byteLength === first.length) return new Uint8Array(first.buffer);
  }
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Whether a content-length may be added to an answer that is complete (RFC 9110, 8.6). */
function mayHaveLength(
  status: number,
  method: string,
  headers: string[],
  bytes: Uint8Array | undefined,
): boolean {
  if (status < 200 || status === 204 || status === 304) return false;
  if (method === 'HEAD' && bytes === undefined) return false;
  return !headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-length');
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    list.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return list;
}
