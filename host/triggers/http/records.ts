import type { RequestHead } from '../../interfaces/http/incoming.ts';
import { type Blocks, blockSize } from '../../runtime/ipc/blocks.ts';
import type { RingBuffer } from '../../runtime/ipc/ring-buffer.ts';
import type { Sending } from '../../runtime/ipc/sending.ts';
import { absent, lengthOf, PackedStrings } from '../../shared/packed-strings.ts';
import { transferableCopy } from '../../shared/transferable-copy.ts';
import {
  type AnswerOutput,
  copiedBytes,
  type HttpRequest,
  type ReceivedOutput,
  type ReceivedRequest,
} from './messages.ts';

/*
 * Requests and answers as records of a ring: words first, then texts and the body. Long ones and failures are none; they are messages,
 * which hand their bytes over.
 */

/** Stands in no header (RFC 9110, 5.5). */
const separator = '\n';

/** In place of a body's length. */
const streamed = -2;

const requestWords = 7;

/** Requests on their way to a worker. */
export const sentRequests: Sending<HttpRequest> = {
  size({ head, body, entry }) {
    if (entry !== undefined) return undefined;
    const bodyLength = body === undefined || body === 'stream' ? 0 : body.length;
    if (bodyLength > blockSize) return undefined;
    const { method, scheme, authority = '', pathWithQuery, headers } = head;
    const texts = method.length + scheme.length + authority.length + pathWithQuery.length;
    return requestWords * 4 + texts + sizeOf(headers) + (bodyLength > copiedBytes ? 0 : bodyLength);
  },
  write(ring, at, { head, body }, blocks) {
    const isWhole = body !== undefined && body !== 'stream';
    const block = isWhole && body.length > copiedBytes ? blocks.take() : absent;
    if (block === undefined) return undefined;
    const { method, scheme, authority, pathWithQuery } = head;
    const headers = head.headers.join(separator);
    const text = method + scheme + (authority ?? '') + pathWithQuery + headers;
    const { words, bytes } = ring;
    let word = at >> 2;
    words[word++] = method.length;
    words[word++] = scheme.length;
    words[word++] = lengthOf(authority);
    words[word++] = pathWithQuery.length;
    words[word++] = headers.length;
    words[word++] = isWhole ? body.length : body === undefined ? absent : streamed;
    words[word] = block;
    let end = at + requestWords * 4;
    end += bytes.write(text, end, text.length, 'latin1');
    if (!isWhole) return end;
    if (block !== absent) {
      blocks.put(body, block);
      return end;
    }
    bytes.set(body, end);
    return end + body.length;
  },
  message({ head, body, entry }) {
    const copy = body instanceof Uint8Array ? body.slice() : body;
    const value: HttpRequest = { head, body: copy, entry };
    return { value, transfer: copy instanceof Uint8Array ? [copy.buffer] : [] };
  },
};

export function readRequest(ring: RingBuffer, at: number, blocks: Blocks): ReceivedRequest {
  const { words, bytes } = ring;
  let word = at >> 2;
  const methodLength = words[word++] as number;
  const schemeLength = words[word++] as number;
  const authorityLength = words[word++] as number;
  const pathLength = words[word++] as number;
  const headersLength = words[word++] as number;
  const bodyLength = words[word++] as number;
  const block = words[word] as number;
  const from = at + requestWords * 4;
  const to = from + methodLength + schemeLength + Math.max(authorityLength, 0) + pathLength + headersLength;
  const text = new PackedStrings(bytes.toString('latin1', from, to));
  const method = text.next(methodLength);
  const scheme = text.next(schemeLength);
  const authority = text.optional(authorityLength);
  const path = text.next(pathLength);
  const head = new PackedHead(method, scheme, authority, path, text.next(headersLength));
  if (bodyLength === streamed) return { head, body: 'stream' };
  if (bodyLength === absent) return { head, body: undefined };
  if (block !== absent) return { head, body: blocks.lend({ at: block, length: bodyLength }) };
  return { head, body: copy(bytes, to, bodyLength) };
}

/** A head whose headers are taken apart when they are asked for, which most components never do. */
class PackedHead implements RequestHead {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string | undefined;
  readonly pathWithQuery: string;
  readonly #headers: string;

  constructor(
    method: string,
    scheme: string,
    authority: string | undefined,
    pathWithQuery: string,
    headers: string,
  ) {
    this.method = method;
    this.scheme = scheme;
    this.authority = authority;
    this.pathWithQuery = pathWithQuery;
    this.#headers = headers;
  }

  get headers(): readonly string[] {
    return splitHeaders(this.#headers);
  }
}

function splitHeaders(text: string): string[] {
  return text === '' ? [] : text.split(separator);
}

/** How long headers are when they are joined, at most. */
function sizeOf(headers: readonly string[]): number {
  let size = 0;
  for (const text of headers) size += text.length + separator.length;
  return size;
}

function copy(bytes: Buffer, at: number, length: number): Buffer {
  const target = Buffer.allocUnsafe(length);
  bytes.copy(target, 0, at, at + length);
  return target;
}

/* An answer: its words, then its headers, its trailers and its body. */
const outputWords = 5;
const isComplete = 1;

/** Parts of answers on their way to the main thread. */
export const sentAnswers: Sending<AnswerOutput, AnswerOutput> = {
  size({ head, bytes, end, failure }) {
    const bodyLength = bytes?.length ?? 0;
    if (bodyLength > copiedBytes || failure !== undefined) return undefined;
    const trailers = end?.trailers;
    return (
      outputWords * 4 +
      (head === undefined ? 0 : sizeOf(head.headers)) +
      (trailers === undefined ? 0 : sizeOf(trailers)) +
      bodyLength
    );
  },
  write(ring, at, { head, bytes: body, end: ending }) {
    const headers = head === undefined ? '' : head.headers.join(separator);
    const trailers = ending?.trailers === undefined ? undefined : ending.trailers.join(separator);
    const fields = trailers === undefined ? headers : headers + trailers;
    const { words, bytes } = ring;
    let word = at >> 2;
    words[word++] = ending === undefined ? 0 : isComplete;
    words[word++] = head?.status ?? 0;
    words[word++] = headers.length;
    words[word++] = lengthOf(trailers);
    words[word] = body === undefined ? absent : body.length;
    let end = at + outputWords * 4;
    if (fields !== '') end += bytes.write(fields, end, fields.length, 'latin1');
    if (body === undefined) return end;
    bytes.set(body, end);
    return end + body.length;
  },
  message(output) {
    if (output.bytes === undefined) return { value: output, transfer: [] };
    const bytes = transferableCopy([output.bytes]);
    return { value: { ...output, bytes }, transfer: [bytes.buffer] };
  },
};

export function readAnswer(ring: RingBuffer, at: number, id: number): ReceivedOutput {
  const { words, bytes } = ring;
  let word = at >> 2;
  const output: ReceivedOutput = { id };
  const flags = words[word++] as number;
  const status = words[word++] as number;
  const headersLength = words[word++] as number;
  const trailersLength = words[word++] as number;
  const bodyLength = words[word] as number;
  const start = at + outputWords * 4;
  const end = start + headersLength + Math.max(trailersLength, 0) + Math.max(bodyLength, 0);
  const text = new PackedStrings(start === end ? '' : bytes.toString('latin1', start, end));
  const headers = text.next(headersLength);
  const trailers = text.optional(trailersLength);
  if (status !== 0) output.head = { status, headers: splitHeaders(headers) };
  if (bodyLength !== absent) output.bytes = text.next(bodyLength);
  if ((flags & isComplete) !== 0)
    output.end = { trailers: trailers === undefined ? undefined : splitHeaders(trailers) };
  return output;
}
