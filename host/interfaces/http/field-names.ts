/**
 * Headers that belong to the connection and not to the message (RFC 9110, 7.6.1), plus the ones that
 * wasmtime and wasmCloud keep from guests. A guest neither sees nor sets them.
 */
const forbidden = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** What says how a message is framed, routed, authenticated or to be read, which comes too late in trailers (RFC 9110, 6.5.1). */
const notInTrailers = new Set([
  'age',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expect',
  'expires',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'location',
  'max-forwards',
  'pragma',
  'range',
  'retry-after',
  'set-cookie',
  'te',
  'trailer',
  'vary',
  'warning',
  'www-authenticate',
]);

export function isForbidden(name: string): boolean {
  return forbidden.has(name.toLowerCase());
}

export function isTrailer(name: string): boolean {
  const lower = name.toLowerCase();
  return !notInTrailers.has(lower) && !forbidden.has(lower);
}
