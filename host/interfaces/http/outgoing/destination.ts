import { isIP } from 'node:net';
import type { RequestTarget } from '../request-target.ts';
import type { ErrorCode } from '../response-sink.ts';

/** Where a request goes. */
export interface Destination {
  readonly scheme: 'http' | 'https';
  /** In lower case, an international name in ASCII, an address in its usual form and without brackets. */
  readonly host: string;
  readonly port: number;
  /** Such as `https://example.com:8443`, the port only where it is not the scheme's own. */
  readonly origin: string;
  /** What the server gets as `host`. */
  readonly authority: string;
  /** With its query; begins with a slash. */
  readonly path: string;
  /** Whether the host is an address. */
  readonly isAddress: boolean;
}

const defaultPorts = { http: 80, https: 443 } as const;

/**
 * Where a request of a guest goes. Throws an `ErrorCode`: for what is no URL, has no authority, or has user information or a fragment in it, for other
 * schemes than HTTP and HTTPS, and for CONNECT, which would lead to yet another place.
 */
export function destinationOf(target: RequestTarget): Destination {
  const { method, scheme: given, authority = '', pathWithQuery = '' } = target;
  if (method.tag === 'connect' || method.val === 'CONNECT') refuse('HTTP-request-method-invalid');
  if (given?.tag === 'other') refuse('HTTP-protocol-error');
  const scheme = given?.tag === 'HTTP' ? 'http' : 'https';
  // What has user information in front looks like one host and is another.
  if (authority === '' || authority.includes('@')) refuse('HTTP-request-URI-invalid');
  const url = URL.parse(`${scheme}://${authority}`);
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hostname === '')
    return refuse('HTTP-request-URI-invalid');
  // A fragment is not for servers (RFC 9110, 7.1), and cutting it off would send something else than was asked for.
  if (pathWithQuery.includes('#')) refuse('HTTP-request-URI-invalid');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    scheme,
    host,
    port: url.port === '' ? defaultPorts[scheme] : Number(url.port),
    origin: url.origin,
    authority: url.host,
    path: pathOf(pathWithQuery),
    isAddress: isIP(host) !== 0,
  };
}

function pathOf(given: string): string {
  const path = given.startsWith('/') ? given : `/${given}`;
  return /[^\0-\x7f]/.test(path) ? path.replace(/[^\0-\x7f]+/g, encodeURIComponent) : path;
}

function refuse(tag: string): never {
  throw { tag } satisfies ErrorCode;
}
