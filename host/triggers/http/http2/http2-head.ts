import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { isHostAndPort } from '../host-field.ts';
import { type Refusal, tooLongHead } from '../refusal.ts';

/** The head of a request of HTTP/2, as one of HTTP/1.1 would be. */
export interface Http2Head {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly path: string;
  /** Names and Latin-1 values in turn. */
  readonly rawHeaders: string[];
  /** Those that the host itself looks at. */
  readonly headers: IncomingHttpHeaders;
}

/** A colon, a space and the end of the line, where the head is one of HTTP/1.1. */
const aroundHeader = 4;
const token = /^[\w!#$%&'*+.^`|~-]+$/;
const visible = /^[\x21-\x7e]+$/;
const looked = new Set(['accept', 'content-length', 'expect']);

/**
 * Reads the head of a request. What would mean two things to two readers is refused, as it is of HTTP/1.1.
 *
 * @param raw as Node tells it: names and values in turn, whose syntax was checked, pseudo-headers among them (RFC 9113, 8.3.1)
 * @param headSize bytes
 */
export function readHead(raw: readonly string[], headSize: number): Http2Head | Refusal {
  const pseudo: Record<string, string> = {};
  const rawHeaders: string[] = [];
  const headers: IncomingHttpHeaders = {};
  const cookies: string[] = [];
  let host: string | undefined;
  let size = 0;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    size += name.length + value.length + aroundHeader;
    if (name.startsWith(':')) {
      pseudo[name] = value;
      continue;
    }
    if (name === 'host') {
      if (host !== undefined) return wrong('the request has two host headers');
      host = value;
      continue;
    }
    // Compressed in pieces, and one header to everybody else (RFC 9113, 8.2.3).
    if (name === 'cookie') cookies.push(value);
    else rawHeaders.push(name, value);
    if (looked.has(name)) headers[name] ??= value;
  }
  if (size > headSize) return { status: 431, reason: tooLongHead(headSize) };
  const { ':method': method = '', ':scheme': scheme, ':path': path = '', ':authority': authority } = pseudo;
  if (method === 'CONNECT') return { status: 501, reason: 'CONNECT is not served: this host is no proxy' };
  if (!token.test(method)) return wrong('the method of the request is none');
  if (scheme !== 'http' && scheme !== 'https')
    return wrong('the scheme of the request is neither http nor https');
  if (!visible.test(path))
    return wrong("the request's target has a character that no URL has; write it percent-encoded");
  const named = authority ?? host;
  if (named === undefined) return wrong('the request names no host');
  if (host !== undefined && authority !== undefined && host.toLowerCase() !== authority.toLowerCase())
    return wrong('the host header of the request and its :authority are two hosts');
  if (!isHostAndPort(named)) return wrong('the host of the request is no host name');
  if (cookies.length > 0) rawHeaders.push('cookie', cookies.join('; '));
  headers.host = named;
  return { method, scheme, path, rawHeaders: ['host', named, ...rawHeaders], headers };
}

function wrong(reason: string): Refusal {
  return { status: 400, reason };
}

/** What belongs to a connection of HTTP/1.1 (RFC 9113, 8.2.2). */
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers or trailers as Node's HTTP/2 takes them, without those of a connection.
 *
 * @param given names and values in turn, or by name
 */
export function sendable(
  given: readonly string[] | Readonly<Record<string, string | number>>,
): OutgoingHttpHeaders {
  const flat = Array.isArray(given) ? (given as readonly string[]) : Object.entries(given).flat().map(String);
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = (flat[index] ?? '').toLowerCase();
    const value = flat[index + 1] ?? '';
    if (ofConnection.has(name)) continue;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [before, value];
  }
  return headers;
}
