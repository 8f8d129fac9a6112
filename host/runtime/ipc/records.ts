import type { RequestHead } from '../../interfaces/http/incoming.ts';
import { noOperations } from '../../interfaces/keyvalue/operation.ts';
import { absent, lengthOf, PackedStrings } from '../../shared/packed-strings.ts';
import { type Body, copiedBytes, type GuestRequest, type Output, type ReceivedOutput } from './protocol.ts';
import type { RingBuffer } from './ring-buffer.ts';

/*
 * Requests and answers as records of a ring: words first, then numbers of operations, then texts and the body. Long ones, failures
 * and traps are none; they are messages, which hand their bytes over.
 */

/** Stands in no header (RFC 9110, 5.5). */
const separator = '\n';

/** So many bytes a character takes in UTF-8, at most: longer ones are two of a string. */
const mostOfCharacter = 3;
/** In place of a body's length. */
const streamed = -2;

const requestWords = 8;

/** @returns where the record ends; undefined when it can't be one now, or not at all */
export function writeRequest(
  ring: RingBuffer,
  id: number,
  head: RequestHead,
  body: Body,
): number | undefined {
  const isWhole = body !== undefined && body !== 'stream';
  const bodyLength = isWhole ? body.length : 0;
  if (bodyLength > copiedBytes) return undefined;
  const { method, scheme, authority, pathWithQuery } = head;
  const headers = head.headers.join(separator);
  const text = method + scheme + (authority ?? '') + pathWithQuery + headers;
  const at = ring.reserve(requestWords * 4 + text.length + bodyLength);
  if (at === undefined) return undefined;
  const { words, bytes } = ring;
  let word = at >> 2;
  words[word++] = id;
  words[word++] = method.length;
  words[word++] = scheme.length;
  words[word++] = lengthOf(authority);
  words[word++] = pathWithQuery.length;
  words[word++] = headers.length;
  words[word] = isWhole ? bodyLength : body === undefined ? absent : streamed;
  let end = at + requestWords * 4;
  end += bytes.write(text, end, text.length, 'latin1');
  if (isWhole) bytes.set(body, end);
  return end + bodyLength;
}

export function readRequest(ring: RingBuffer, at: number): GuestRequest {
  const { words, bytes } = ring;
  let word = at >> 2;
  const id = words[word++] as number;
  const methodLength = words[word++] as number;
  const schemeLength = words[word++] as number;
  const authorityLength = words[word++] as number;
  const pathLength = words[word++] as number;
  const headersLength = words[word++] as number;
  const bodyLength = words[word] as number;
  const from = at + requestWords * 4;
  const to = from + methodLength + schemeLength + Math.max(authorityLength, 0) + pathLength + headersLength;
  const text = new PackedStrings(bytes.toString('latin1', from, to));
  const method = text.next(methodLength);
  const scheme = text.next(schemeLength);
  const authority = text.optional(authorityLength);
  const path = text.next(pathLength);
  const head = new PackedHead(method, scheme, authority, path, text.next(headersLength));
  if (bodyLength === streamed) return { id, head, body: 'stream' };
  return { id, head, body: bodyLength === absent ? undefined : copy(bytes, to, bodyLength) };
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

function copy(bytes: Buffer, at: number, length: number): Buffer {
  const target = Buffer.allocUnsafe(length);
  bytes.copy(target, 0, at, at + length);
  return target;
}

/*
 * An answer: its words, the numbers of its operations, then its headers, its trailers and its body, then the text of its
 * operations, which is read apart because it may be kept longer.
 */
const outputWords = 8;
const isComplete = 1;
const hasEnded = 2;

/** @returns where the record ends; undefined when it can't be one now, or not at all */
export function writeOutput(ring: RingBuffer, output: Output): number | undefined {
  const { id, head, bytes: body, end: ending, failure, outcome } = output;
  const bodyLength = body?.length ?? 0;
  if (bodyLength > copiedBytes || failure !== undefined || outcome?.trap !== undefined) return undefined;
  const { text, numbers, omitted } = outcome?.operations ?? noOperations;
  if (omitted > 0) return undefined;
  const headers = head === undefined ? '' : head.headers.join(separator);
  const trailers = ending?.trailers === undefined ? undefined : ending.trailers.join(separator);
  const fields = trailers === undefined ? headers : headers + trailers;
  const fixed = outputWords * 4 + numbers.length * 8;
  const at = ring.reserve(fixed + fields.length + bodyLength + text.length * mostOfCharacter);
  if (at === undefined) return undefined;
  const { words, doubles, bytes } = ring;
  let end = at + fixed;
  if (fields !== '') end += bytes.write(fields, end, fields.length, 'latin1');
  if (body !== undefined) bytes.set(body, end);
  end += bodyLength;
  const textBytes = text === '' ? 0 : bytes.write(text, end);
  let word = at >> 2;
  words[word++] = id;
  words[word++] = (ending === undefined ? 0 : isComplete) | (outcome === undefined ? 0 : hasEnded);
  words[word++] = head?.status ?? 0;
  words[word++] = headers.length;
  words[word++] = lengthOf(trailers);
  words[word++] = body === undefined ? absent : bodyLength;
  words[word++] = numbers.length;
  words[word] = textBytes;
  const double = (at + outputWords * 4) >> 3;
  for (let index = 0; index < numbers.length; index += 1) doubles[double + index] = numbers[index] as number;
  return end + textBytes;
}

export function readOutput(ring: RingBuffer, at: number): ReceivedOutput {
  const { words, doubles, bytes } = ring;
  let word = at >> 2;
  const output: ReceivedOutput = { id: words[word++] as number };
  const flags = words[word++] as number;
  const status = words[word++] as number;
  const headersLength = words[word++] as number;
  const trailersLength = words[word++] as number;
  const bodyLength = words[word++] as number;
  const count = words[word++] as number;
  const textBytes = words[word] as number;
  const start = at + outputWords * 4 + count * 8;
  const end = start + headersLength + Math.max(trailersLength, 0) + Math.max(bodyLength, 0);
  const text = new PackedStrings(start === end ? '' : bytes.toString('latin1', start, end));
  const headers = text.next(headersLength);
  const trailers = text.optional(trailersLength);
  if (status !== 0) output.head = { status, headers: splitHeaders(headers) };
  if (bodyLength !== absent) output.bytes = text.next(bodyLength);
  if ((flags & isComplete) !== 0)
    output.end = { trailers: trailers === undefined ? undefined : splitHeaders(trailers) };
  if ((flags & hasEnded) !== 0) {
    const numbers: number[] = [];
    const double = (at + outputWords * 4) >> 3;
    for (let index = 0; index < count; index += 1) numbers.push(doubles[double + index] as number);
    const operationsText = textBytes === 0 ? '' : bytes.toString('utf8', end, end + textBytes);
    output.outcome = {
      operations: count === 0 ? noOperations : { text: operationsText, numbers, omitted: 0 },
    };
  }
  return output;
}
