import type { Ring } from '../channel/ring.ts';
import { absent, lengthOf, TextPieces } from '../text-pieces.ts';
import type { RequestHead } from '../wasi/http/incoming.ts';
import { noOperations } from '../wasi/keyvalue/operation.ts';
import { copiedBytes, type Output } from './protocol.ts';
import {
  type Body,
  joinHeaders,
  PackedHead,
  type RequestParts,
  splitHeaders,
  type UnpackedOutput,
} from './wire.ts';

/*
 * The records of the ring: words first, then numbers of operations, then text, then the bytes of the body. A length of -1 says
 * that there is no such text.
 */

/** So many bytes a character takes in UTF-8, at most: longer ones are two of a string. */
const mostOfCharacter = 3;
/** In place of a body's length. */
const streamed = -2;

const requestWords = 8;

/** @returns where the record ends; undefined when it can't be one now, or not at all */
export function writeRequest(ring: Ring, id: number, head: RequestHead, body: Body): number | undefined {
  const isWhole = body !== undefined && body !== 'stream';
  const bodyLength = isWhole ? body.length : 0;
  if (bodyLength > copiedBytes) return undefined;
  const { method, scheme, authority, pathWithQuery } = head;
  const headers = joinHeaders(head.headers);
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

export function readRequest(ring: Ring, at: number): RequestParts {
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
  const text = new TextPieces(bytes.toString('latin1', from, to));
  const method = text.next(methodLength);
  const scheme = text.next(schemeLength);
  const authority = text.optional(authorityLength);
  const path = text.next(pathLength);
  const head = new PackedHead(method, scheme, authority, path, text.next(headersLength));
  if (bodyLength === streamed) return { id, head, body: 'stream' };
  return { id, head, body: bodyLength === absent ? undefined : copy(bytes, to, bodyLength) };
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
export function writeOutput(ring: Ring, output: Output): number | undefined {
  const { id, head, bytes: body, end: ending, failure, outcome } = output;
  const bodyLength = body?.length ?? 0;
  if (bodyLength > copiedBytes || failure !== undefined || outcome?.trap !== undefined) return undefined;
  const { text, numbers } = outcome?.operations ?? noOperations;
  const headers = head === undefined ? '' : joinHeaders(head.headers);
  const trailers = ending?.trailers === undefined ? undefined : joinHeaders(ending.trailers);
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

export function readOutput(ring: Ring, at: number): UnpackedOutput {
  const { words, doubles, bytes } = ring;
  let word = at >> 2;
  const output: UnpackedOutput = { id: words[word++] as number };
  const flags = words[word++] as number;
  const status = words[word++] as number;
  const headersLength = words[word++] as number;
  const trailersLength = words[word++] as number;
  const bodyLength = words[word++] as number;
  const count = words[word++] as number;
  const textBytes = words[word] as number;
  const start = at + outputWords * 4 + count * 8;
  const end = start + headersLength + Math.max(trailersLength, 0) + Math.max(bodyLength, 0);
  const text = new TextPieces(start === end ? '' : bytes.toString('latin1', start, end));
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
    output.outcome = { operations: count === 0 ? noOperations : { text: operationsText, numbers } };
  }
  return output;
}
