import { STATUS_CODES } from 'node:http';
import { formatSize } from '../../shared/size.ts';

/** Why a client gets no answer of the component, which sees nothing of it. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** A refusal, and who was refused. */
export interface RefusedClient extends Refusal {
  /** The port of the client's end of the connection. */
  readonly clientPort: number;
  /** Of what was asked for, where that much was understood. */
  readonly method?: string;
  readonly path?: string;
}

/** The bytes of an answer to what was not understood. */
export function refusalBytes({ status, reason }: Refusal): string {
  const body = `${reason}\n`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? ['retry-after: 1'] : []),
    '',
    body,
  ].join('\r\n');
}

/** The code of the error of a connection that ends in the middle of a request. */
export const endedEarly = 'HPE_INVALID_EOF_STATE';

/** The code of the error of a connection that begins as one of HTTP/2. */
export const prefaceCame = 'HPE_PAUSED_H2_UPGRADE';

/** What Node's server tells of a connection that it can't go on with. */
export interface ClientError extends Error {
  readonly code?: string;
  /** What its parser says. */
  readonly reason?: string;
  readonly bytesParsed?: number;
  /** What came last. */
  readonly rawPacket?: Buffer;
}

/**
 * What to answer to a client that was not understood; undefined where the connection itself broke.
 *
 * @param headSize bytes
 */
export function whyNotUnderstood(
  error: ClientError,
  headSize: number,
  headTimeout: number,
): Refusal | undefined {
  const { code = '', reason, rawPacket, bytesParsed = 0 } = error;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: 408, reason: `the head of the request did not come within ${headTimeout / 1000} s` };
  }
  if (!code.startsWith('HPE_')) return undefined;
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, reason: tooLongHead(headSize) };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, reason: "the extensions of the request's chunks are too long" };
    case prefaceCame:
      return { status: 505, reason: 'HTTP/2 is not served, only HTTP/1.1' };
    case 'HPE_INVALID_METHOD':
      return { status: 400, reason: whyNoMethod(rawPacket) };
    case 'HPE_INVALID_URL':
      return { status: 400, reason: whyNoTarget(rawPacket, bytesParsed) };
    case endedEarly:
      return {
        status: 400,
        reason: 'the client ended its side of the connection in the middle of a request',
      };
    default:
      return { status: 400, reason: `the request is no HTTP/1.1: ${reason ?? code}` };
  }
}

/** @param headSize bytes */
export function tooLongHead(headSize: number): string {
  const limit = `the head of the request, or its trailers, is longer than ${formatSize(headSize)}`;
  return `${limit}; raise dev.limits.headSize, or send less (cookies?)`;
}

/** The first byte of a TLS handshake. */
const tlsHandshake = 0x16;

function whyNoMethod(packet: Buffer | undefined): string {
  if (packet?.[0] === tlsHandshake) return 'this is the port of http, not of https: TLS is not served here';
  return 'the request begins with no method that is known here';
}

function whyNoTarget(packet: Buffer | undefined, at: number): string {
  const byte = packet?.[at] ?? 0;
  if (byte < 0x80) return "the request's target has a character that no URL has";
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  const rest = packet?.subarray(at + 1, at + length) ?? [];
  const isWhole = rest.length === length - 1 && rest.every((part) => (part & 0xc0) === 0x80);
  const escaped = [byte, ...(isWhole ? rest : [])]
    .map((part) => `%${part.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
  return `the request's target has a character beyond ASCII; write it percent-encoded, ${escaped} in place of the first one`;
}
