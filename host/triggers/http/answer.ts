import { Socket } from 'node:net';
import type { Lent } from '../../runtime/ipc/blocks.ts';
import { contentLength, declaredLength, framed, hasContent, pairs } from './answer-head.ts';
import type { ServedResponse } from './served-message.ts';

/** How long a client may take to read the rest of an answer that is broken off, in milliseconds. */
const breakOffAfter = 1000;

/** A part of an answer; see `ReceivedOutput`. */
export interface AnswerPart {
  readonly head?: { readonly status: number; readonly headers: string[] } | undefined;
  /** Text is Latin-1. */
  readonly bytes?: Uint8Array | string | undefined;
  /** Where the bytes are to be given back. */
  readonly lent?: Lent | undefined;
  readonly end?: { readonly trailers: string[] | undefined } | undefined;
}

/** Whose answer it is. */
export interface AnswerOwner {
  /** The client has taken so many bytes more. */
  acknowledge(bytes: number): void;
  /** Runs what the connection sets off, and lets nothing be thrown further. */
  guard(action: () => void): void;
}

/** The answer to a client. Whatever a guest put into it is made into something that Node's server takes, or throws here. */
export class Answer {
  readonly #response: ServedResponse;
  readonly #method: string;
  readonly #owner: AnswerOwner;
  /** How many bytes of the content are still to come, where the head says how long it is. */
  #left: number | undefined;
  /** Bytes that were written while the client is behind. */
  #backlog = 0;
  /** What is on its way out of memory that is to be given back; absent where nothing ever was. */
  #held: Set<Lent> | undefined;
  /** It was complete with its head, because its kind has no content. */
  isHeadOnly = false;
  #isBrokenOff = false;

  constructor(response: ServedResponse, method: string, owner: AnswerOwner) {
    this.#response = response;
    this.#method = method;
    this.#owner = owner;
  }

  get hasBegun(): boolean {
    return this.#response.headersSent;
  }

  /** The client has not taken what was written. */
  get isBehind(): boolean {
    return this.#backlog > 0;
  }

  /** Nobody waits for more of it. */
  get isOver(): boolean {
    return this.#isBrokenOff || this.#response.writableEnded;
  }

  /** The status that the client got; 0 where it got none. */
  get status(): number {
    return this.hasBegun ? this.#response.statusCode : 0;
  }

  /**
   * Sends a part, or answers why it can't be sent: it is not as long as the head says, and the next answer would be taken for the rest
   * of it (RFC 9112, 6.3). Throws what Node's server throws.
   */
  send({ head, bytes, end, lent }: AnswerPart): string | undefined {
    const length = bytes?.length ?? 0;
    if (head !== undefined) {
      const problem = this.#declare(head.status, head.headers);
      if (problem !== undefined) return problem;
    }
    if (this.#left !== undefined) {
      this.#left -= length;
      if (this.#left < 0) return 'the component sent more than its content-length says';
      if (end !== undefined && this.#left > 0) return 'the component sent less than its content-length says';
    }
    if (head !== undefined) this.#head(head.status, head.headers, bytes, end);
    if (this.isHeadOnly) {
      if (bytes !== undefined) this.#owner.acknowledge(length);
    } else if (end !== undefined) this.#end(bytes, end.trailers, lent);
    else if (bytes !== undefined) this.#write(bytes, lent);
    return undefined;
  }

  #declare(status: number, headers: readonly string[]): string | undefined {
    const declared = declaredLength(headers);
    if (declared === undefined) return undefined;
    if (Number.isNaN(declared)) return "the component's content-length is no length";
    if (hasContent(status, this.#method)) this.#left = declared;
    return undefined;
  }

  /** Sends an answer of ours. */
  replace(status: number, headers: Record<string, string | number>, body: string): void {
    this.#response.writeHead(status, headers);
    this.#response.end(body);
  }

  /** The connection is closed after the answer. */
  closeAfterwards(): void {
    this.#response.shouldKeepAlive = false;
  }

  /** Closes the connection in the middle of the answer, once what was written of it is on its way. */
  breakOff(): void {
    this.#isBrokenOff = true;
    process.nextTick(() => {
      if (this.#response.breakOff === undefined) this.#response.socket?.destroySoon();
      else this.#response.breakOff();
    });
    setTimeout(() => this.destroy(), breakOffAfter).unref();
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#isBrokenOff = true;
    this.#response.destroy();
  }

  #head(status: number, headers: string[], bytes: AnswerPart['bytes'], end: AnswerPart['end']): void {
    const method = this.#method;
    const length = end !== undefined && end.trailers === undefined ? (bytes?.length ?? 0) : undefined;
    const added = contentLength(status, method, headers, bytes === undefined, length);
    const canChunk = hasContent(status, method) && this.#response.req.httpVersionMinor >= 1;
    this.#response.writeHead(status, framed(status, headers, added, canChunk));
    if (hasContent(status, method)) {
      if (end === undefined && bytes === undefined) this.#response.flushHeaders();
      return;
    }
    // Node holds such a head back until the end, which may be far away.
    this.isHeadOnly = true;
    this.#response.end();
  }

  /** Nothing of it is being written any more. */
  closed(): void {
    if (this.#held === undefined) return;
    for (const lent of this.#held) lent.giveBack();
    this.#held = undefined;
  }

  #write(bytes: Uint8Array | string, lent: Lent | undefined): void {
    this.#backlog += bytes.length;
    const isTaken = lent === undefined ? this.#response.write(bytes, 'latin1') : this.#writeLent(lent);
    const isFirst = this.#backlog === bytes.length;
    if (isTaken) this.#taken();
    else if (isFirst) this.#response.once('drain', () => this.#owner.guard(() => this.#taken()));
  }

  #taken(): void {
    const bytes = this.#backlog;
    this.#backlog = 0;
    this.#owner.acknowledge(bytes);
  }

  /** Writes it from where it is, where the system tells when it has taken it; elsewhere a copy. */
  #writeLent(lent: Lent): boolean {
    const { socket } = this.#response;
    if (!(socket instanceof Socket) || !socket.writable) return this.#response.write(Buffer.from(lent.bytes));
    lent.isHeld = true;
    this.#held ??= new Set();
    this.#held.add(lent);
    return this.#response.write(lent.bytes, () => {
      lent.giveBack();
      this.#held?.delete(lent);
    });
  }

  #end(bytes: AnswerPart['bytes'], trailers: string[] | undefined, lent: Lent | undefined): void {
    if (trailers !== undefined) this.#response.addTrailers(pairs(trailers));
    if (lent !== undefined) {
      this.#writeLent(lent);
      this.#response.end();
    } else if (bytes === undefined) this.#response.end();
    else this.#response.end(bytes, 'latin1');
  }
}
