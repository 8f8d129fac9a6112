import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Limits } from '../../../settings/limits.ts';
import type { OpenSession } from '../connections.ts';
import type { Refusal, RefusedClient } from '../refusal.ts';
import type { ServedRequest, ServedResponse } from '../served-message.ts';
import { readHead } from './http2-head.ts';
import { Http2Request } from './http2-request.ts';
import { Http2Response } from './http2-response.ts';

/** How many requests of a connection may be under way. */
const mostStreams = 100;
/** Megabytes that Node keeps for a connection: what is to be sent, streams, tables of headers. More streams are refused then. */
const mostMemory = 32;
/** What HPACK counts for each header besides its text (RFC 7541, 4.1). */
const aroundHeader = 32;
const enhanceYourCalm = 0xb;
/** How many times its size a head may have until its stream is reset instead of being answered 431. */
const answered = 2;

/** What becomes of requests of HTTP/2. */
export interface Http2Handler {
  /** @param mustContinue whether the client expects `100 Continue` before it sends the body */
  handle(request: ServedRequest, response: ServedResponse, mustContinue: boolean): unknown;
  /** A client was refused before there was a request. */
  refused(client: RefusedClient): void;
  /** A request has come, which may be refused yet. */
  came(): void;
}

interface OpenStream {
  readonly stream: ServerHttp2Stream;
  readonly response: Http2Response | undefined;
  /** What of its answer had not been taken when its client was last seen to take some, and when that was. */
  left: number;
  movedAt: number;
}

/** A connection of HTTP/2: its requests are served side by side, and nothing that comes over it may throw past here. */
export class Http2Session implements OpenSession {
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #handler: Http2Handler;
  readonly #open = new Map<ServerHttp2Stream, OpenStream>();
  #idleSince = performance.now();
  #hasServed = false;
  #closingSince: number | undefined;

  /** @param socket with what has come over it, the preface (RFC 9113, 3.4) included */
  constructor(socket: Socket, limits: Limits, handler: Http2Handler) {
    this.#socket = socket;
    this.#limits = limits;
    this.#handler = handler;
    this.#session = performServerHandshake(socket, {
      maxSessionMemory: mostMemory,
      maxHeaderListPairs: Math.max(128, Math.ceil((answered * limits.headSize) / aroundHeader)),
      maxSessionInvalidFrames: 100,
      strictSingleValueFields: false,
      settings: {
        enablePush: false,
        maxConcurrentStreams: mostStreams,
        maxHeaderListSize: answered * limits.headSize,
      },
    });
    // Of a connection that breaks, or whose client does not keep to the protocol; it is closed then.
    this.#session.on('error', ignore);
    this.#session.on('stream', (stream, _headers, _flags, raw) => this.#begin(stream, raw));
  }

  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  get hasServed(): boolean {
    return this.#hasServed;
  }

  close(): void {
    this.#closingSince ??= performance.now();
    this.#session.close();
  }

  look(now: number): void {
    const { headTimeout, idleTimeout } = this.#limits;
    if (this.#open.size === 0) {
      if (this.#closingSince !== undefined) this.#closeLate(now, this.#closingSince);
      else if (now - this.#idleSince > (this.#hasServed ? idleTimeout : headTimeout)) this.close();
      return;
    }
    for (const open of this.#open.values()) {
      const { stream, response } = open;
      const left = stream.writableLength;
      if (response?.writableEnded !== true || stream.writableFinished || left !== open.left) {
        open.left = left;
        open.movedAt = now;
      } else if (now - open.movedAt > idleTimeout) stream.close(enhanceYourCalm);
    }
  }

  /** Node would wait for the rest of a head that has begun, or of an answer that nobody reads. */
  #closeLate(now: number, since: number): void {
    const patience = this.#hasServed ? this.#limits.headTimeout : 0;
    if (now - Math.max(since, this.#idleSince) > patience) this.#session.destroy();
  }

  #begin(stream: ServerHttp2Stream, raw: readonly string[]): void {
    stream.on('error', ignore);
    stream.once('close', () => this.#ended(stream));
    const head = readHead(raw, this.#limits.headSize);
    this.#hasServed = true;
    this.#handler.came();
    const response = new Http2Response(stream);
    this.#open.set(stream, { stream, response, left: 0, movedAt: performance.now() });
    if ('status' in head) {
      this.#refuse(response, head, raw);
      return;
    }
    const request = new Http2Request(stream, head, this.#socket);
    const mustContinue = request.hasBody && head.headers.expect?.toLowerCase() === '100-continue';
    this.#handler.handle(request, response, mustContinue);
  }

  #ended(stream: ServerHttp2Stream): void {
    this.#open.delete(stream);
    if (this.#open.size === 0) this.#idleSince = performance.now();
  }

  #refuse(response: Http2Response, refusal: Refusal, raw: readonly string[]): void {
    const { status, reason } = refusal;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${reason}\n`);
    const of = (name: string): string => raw[raw.indexOf(name) + 1] ?? '';
    const asked = { method: of(':method'), path: of(':path') };
    this.#handler.refused({ ...refusal, clientPort: this.#socket.remotePort ?? 0, ...asked });
  }
}

function ignore(): void {}
