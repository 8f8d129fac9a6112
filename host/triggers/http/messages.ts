import type { RequestHead } from '../../interfaces/http/incoming.ts';
import type { Lent } from '../../runtime/ipc/blocks.ts';
import type { Output } from '../../runtime/outcome.ts';

/** How much of a body may be under way between the threads, each way, in bytes. */
export const bodyWindow = 256 * 1024;
/** Bodies up to this size are cheaper to copy than an array buffer is to hand over, in bytes. */
export const copiedBytes = 16 * 1024;
/** A request's body up to this size travels with the request, in bytes. */
export const smallBody = 64 * 1024;

/** A request's body: all of it, 'stream' when it comes in messages of its own once the guest reads, or none. */
export type Body = Uint8Array | 'stream' | undefined;

/** A request as a worker is given it. */
export interface HttpRequest {
  readonly head: RequestHead;
  readonly body: Body;
  /** Which of the program's entries it calls; undefined: by its path. */
  readonly entry?: number | undefined;
}

/** A request as it comes there. */
export interface ReceivedRequest {
  readonly head: RequestHead;
  readonly body: Body | Lent;
  readonly entry?: number | undefined;
}

/** A part of an answer, in this order: head, bytes (or a part in a block), end or failure, outcome. A small answer is one of them. */
export interface AnswerOutput extends Output {
  head?: { status: number; headers: string[] };
  bytes?: Uint8Array;
  /** The body is complete. */
  end?: { trailers: string[] | undefined };
  /** There will be no answer, or no more of it. */
  failure?: string;
}

/** An output as the main thread gets it: of a record the bytes are Latin-1 text, which is written in one piece with the head. */
export type ReceivedOutput = Omit<AnswerOutput, 'bytes'> & { bytes?: Uint8Array | string };

/** Notes about a request, each with a number of bytes. */
export const notes = {
  /** To its worker: the client has read this many bytes more. */
  acknowledge: 0,
  /** From its worker: the guest begins to read the request's body, which is a stream. */
  read: 1,
  /** From its worker: the guest has read this many bytes more of the request's body. */
  credit: 2,
} as const;

/** About a request, from the main thread to its worker. A part of the body is a message only where it is not lent. */
export type ToGuest = { type: 'body'; bytes: Uint8Array } | { type: 'bodyEnd'; trailers: string[] };
