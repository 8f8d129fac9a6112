import type { RequestHead } from '../wasi/http/incoming.ts';
import type { PackedOperations } from '../wasi/keyvalue/operation.ts';
import { copiedBytes, type FromGuest, type Outcome, type Output, type ToGuest } from './protocol.ts';

/*
 * How requests and answers travel between the threads: short ones as records in a ring, long ones as messages that hand
 * their bytes over. An object's property names are written and read anew for each message, and each array costs as well; so
 * these messages are flat arrays, and headers are one text.
 */

/** Stands in no header (RFC 9110, 5.5). */
const separator = '\n';

/** A request's body: all of it, 'stream' when it comes in messages of its own, or none. */
export type Body = Uint8Array | 'stream' | undefined;

/** The one message that a small request is. */
export type RequestMessage = [
  id: number,
  method: string,
  scheme: string,
  authority: string | undefined,
  pathWithQuery: string,
  headers: string,
  body: PackedBody,
];

/** The one message that a small answer is, or a part of a longer one; see `Output`. */
export type OutputMessage = [
  id: number,
  status: number,
  headers: string,
  bytes: Uint8Array | string | undefined,
  end: boolean,
  trailers: string | undefined,
  failure: string | undefined,
  trap: Outcome['trap'],
  /** Absent while the handler has not ended. */
  operations: PackedOperations | undefined,
];

/** Latin-1 text stands for the bytes of a small body; `true` for one that is streamed. */
type PackedBody = Uint8Array | string | true | undefined;

export interface RequestParts {
  readonly id: number;
  readonly head: RequestHead;
  readonly body: Body;
}

/** @param transfer gets what is to be handed over with the message */
export function packRequest(
  id: number,
  head: RequestHead,
  body: Body,
  transfer: ArrayBuffer[],
): RequestMessage {
  const { method, scheme, authority, pathWithQuery, headers } = head;
  const packed = body === 'stream' ? true : body === undefined ? undefined : packBytes(body, transfer);
  return [id, method, scheme, authority, pathWithQuery, joinHeaders(headers), packed];
}

export function unpackRequest([
  id,
  method,
  scheme,
  authority,
  pathWithQuery,
  headers,
  body,
]: RequestMessage): RequestParts {
  return {
    id,
    head: new PackedHead(method, scheme, authority, pathWithQuery, headers),
    body: body === true ? 'stream' : unpackBytes(body),
  };
}

/** A head whose headers are taken apart when they are asked for, which most components never do. */
export class PackedHead implements RequestHead {
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

/** @param transfer gets what is to be handed over with the message */
export function packOutput(
  { id, head, bytes, end, failure, outcome }: Output,
  transfer: ArrayBuffer[],
): OutputMessage {
  return [
    id,
    head?.status ?? 0,
    head === undefined ? '' : joinHeaders(head.headers),
    bytes === undefined ? undefined : packBytes(bytes, transfer),
    end !== undefined,
    end?.trailers && joinHeaders(end.trailers),
    failure,
    outcome?.trap,
    outcome?.operations,
  ];
}

/** An output as the front takes it: a small body is Latin-1 text, which is written in one piece with the head. */
export type UnpackedOutput = Omit<Output, 'bytes'> & { bytes?: Uint8Array | string };

export function unpackOutput(message: OutputMessage): UnpackedOutput {
  const [id, status, headers, bytes, end, trailers, failure, trap, operations] = message;
  const output: UnpackedOutput = { id };
  if (status !== 0) output.head = { status, headers: splitHeaders(headers) };
  if (bytes !== undefined) output.bytes = bytes;
  if (end) output.end = { trailers: trailers === undefined ? undefined : splitHeaders(trailers) };
  if (failure !== undefined) output.failure = failure;
  if (operations !== undefined) {
    output.outcome = trap === undefined ? { operations } : { operations, trap };
  }
  return output;
}

function packBytes(bytes: Uint8Array, transfer: ArrayBuffer[]): Uint8Array | string {
  const { buffer, byteOffset, length } = bytes;
  if (length <= copiedBytes) return Buffer.from(buffer, byteOffset, length).toString('latin1');
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) transfer.push(buffer);
  return bytes;
}

function unpackBytes(bytes: Uint8Array | string | undefined): Uint8Array | undefined {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
}

export function joinHeaders(headers: readonly string[]): string {
  return headers.join(separator);
}

export function splitHeaders(text: string): string[] {
  return text === '' ? [] : text.split(separator);
}

export function isRequest(message: ToGuest): message is RequestMessage {
  return Array.isArray(message);
}

export function isOutput(message: FromGuest): message is OutputMessage {
  return Array.isArray(message);
}
