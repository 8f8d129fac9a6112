import type { IncomingHttpHeaders } from 'node:http';
import type { WorkerLink } from '../../runtime/worker-pool/worker-link.ts';
import { transferableCopy } from '../../shared/transferable-copy.ts';
import { type Body, bodyWindow, smallBody, type ToGuest } from './messages.ts';
import type { ServedRequest, ServedResponse } from './served-message.ts';

/** So many bytes are passed on without waiting for the end of the turn. */
const passedAtOnce = bodyWindow;
/** Smaller buffers are left to the garbage collector. */
const smallBuffer = 4096;

/** Whether a request with these headers has a body to send (RFC 9112, 6.3). */
export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return Number(headers['content-length']) > 0 || headers['transfer-encoding'] !== undefined;
}

/** Whose body it is. */
export interface UploadOwner {
  /** Something was heard of the client. */
  progress(): void;
  /** Runs what the client's bytes set off, and lets nothing be thrown further. */
  guard(action: () => void): void;
}

/**
 * The body of a request on its way to the guest. One that has come with its head travels with the request. Any other is sent for when
 * the guest begins to read, whatever its length, so that a guest can answer from the head alone; that is also when a client that
 * expects `100 Continue` gets it (RFC 9110, 10.1.1).
 */
export class Upload {
  readonly #request: ServedRequest;
  readonly #response: ServedResponse;
  readonly #owner: UploadOwner;
  /** What has come and not been passed on. */
  #chunks: Buffer[] = [];
  #length = 0;
  #body: Body;
  #ready: (() => void) | undefined;
  #waiting: NodeJS.Immediate | undefined;
  #link: WorkerLink | undefined;
  #id = 0;
  #unread = 0;
  #isFollowed = false;
  #isAsked = false;
  #isComplete = false;
  #mustContinue: boolean;

  /** @param mustContinue whether the client sends nothing before it is told to */
  constructor(request: ServedRequest, response: ServedResponse, mustContinue: boolean, owner: UploadOwner) {
    this.#request = request;
    this.#response = response;
    this.#mustContinue = mustContinue;
    this.#owner = owner;
  }

  get body(): Body {
    return this.#body;
  }

  /** The client still waits for its `100 Continue`: it may or may not send the body after an answer. */
  get isExpected(): boolean {
    return this.#mustContinue;
  }

  /** Whether another guest could be given the request: nothing of its body has been passed on. */
  get canMove(): boolean {
    return !this.#isAsked;
  }

  /** The guest has read all that has come, and waits for the client. */
  get isAwaited(): boolean {
    return this.#isAsked && !this.#isComplete && this.#unread <= 0;
  }

  /** Calls `ready` when the request can be given to a guest. */
  gather(ready: () => void): void {
    if (this.#mustContinue || Number(this.#request.headers['content-length']) > smallBody) {
      this.#body = 'stream';
      ready();
      return;
    }
    this.#ready = ready;
    this.#follow();
    // What came with the head has been read by then.
    this.#waiting = setImmediate(() => {
      this.#request.pause();
      this.#owner.guard(() => this.#gathered('stream'));
    });
  }

  /** A guest has the request; it asks for a body that is a stream. */
  begin(link: WorkerLink, id: number): void {
    this.#link = link;
    this.#id = id;
  }

  /** The guest begins to read. */
  send(): void {
    if (this.#isAsked || this.#body !== 'stream') return;
    this.#isAsked = true;
    if (this.#mustContinue) {
      this.#mustContinue = false;
      const hasCome = this.#request.readableLength > 0 || this.#request.complete;
      if (!hasCome && !this.#response.headersSent) this.#response.writeContinue();
    }
    this.#pass();
    if (this.#isComplete) this.#passEnd();
    else {
      this.#follow();
      if (this.#unread < bodyWindow) this.#request.resume();
    }
  }

  /** The guest has read on. */
  credit(bytes: number): void {
    this.#unread -= bytes;
    if (this.#unread < bodyWindow) this.#request.resume();
  }

  /** Nobody wants more of it: what comes is read past, so that the connection can be used again. */
  discard(): void {
    clearImmediate(this.#waiting);
    this.#link = undefined;
    this.#chunks = [];
    if (this.#body instanceof Uint8Array) {
      free(this.#body);
      this.#body = undefined;
    }
    this.#request.resume();
  }

  #follow(): void {
    if (this.#isFollowed) return;
    this.#isFollowed = true;
    this.#request.on('data', (chunk: Buffer) => this.#owner.guard(() => this.#take(chunk)));
    this.#request.once('end', () => this.#owner.guard(() => this.#end()));
  }

  #take(chunk: Buffer): void {
    this.#owner.progress();
    if (this.#link === undefined && this.#ready === undefined) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (!this.#isAsked) return;
    // What wakes the other thread costs more than what it is told; and what comes in one turn may be pieces of a byte each.
    if (this.#length >= passedAtOnce) this.#pass();
    else this.#waiting ??= setImmediate(() => this.#owner.guard(() => this.#pass()));
  }

  #end(): void {
    this.#isComplete = true;
    if (this.#isAsked) {
      this.#pass();
      this.#passEnd();
    } else if (this.#ready !== undefined) {
      clearImmediate(this.#waiting);
      const isSmall = this.#length <= smallBody && this.#request.rawTrailers.length === 0;
      this.#gathered(isSmall ? this.#whole() : 'stream');
    }
  }

  #gathered(body: Body): void {
    const ready = this.#ready;
    this.#ready = undefined;
    this.#body = body;
    ready?.();
  }

  #takeAll(): Buffer[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#length = 0;
    return chunks;
  }

  /** All of it, in a buffer of its own. */
  #whole(): Uint8Array {
    const chunks = this.#takeAll();
    const whole = transferableCopy(chunks);
    for (const chunk of chunks) if (chunk.buffer !== whole.buffer) free(chunk);
    return whole;
  }

  /** Passes on what has come. */
  #pass(): void {
    clearImmediate(this.#waiting);
    this.#waiting = undefined;
    const link = this.#link;
    if (link === undefined || this.#length === 0) return;
    this.#unread += this.#length;
    if (this.#unread >= bodyWindow) this.#request.pause();
    const left = this.#length - link.bytes(this.#id, this.#chunks);
    const chunks = this.#takeAll();
    if (left === 0) {
      for (const chunk of chunks) free(chunk);
      return;
    }
    const bytes = transferableCopy([transferableCopy(chunks).subarray(-left)]);
    link.tell(this.#id, { type: 'body', bytes } satisfies ToGuest, [bytes.buffer]);
  }

  #passEnd(): void {
    const end: ToGuest = { type: 'bodyEnd', trailers: this.#request.rawTrailers };
    this.#link?.tell(this.#id, end);
  }
}

/** Frees the buffer of a chunk that nobody needs any more: V8 collects all garbage each time that a few megabytes of such have come. */
function free({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < smallBuffer || byteLength !== buffer.byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
