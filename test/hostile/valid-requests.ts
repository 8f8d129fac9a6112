import type { Random } from './random.ts';

const host = 'Host: localhost';

/** A request that is right in every respect, with a text in it that no other request has. */
export type ValidRequest = (token: string, random: Random) => string;

function request(line: string, headers: readonly string[] = [], body = ''): ValidRequest {
  return (token) =>
    [
      `${line.replace('@', `/${token}`)}`,
      host,
      ...headers.map((header) => header.replace('@', token)),
      '',
      body.replaceAll('@', token),
    ].join('\r\n');
}

/** A body with its length told. */
function sized(line: string, headers: readonly string[], size: number): ValidRequest {
  return (token) => {
    const body = token.repeat(Math.ceil(size / token.length)).slice(0, size);
    return request(line, [...headers, `Content-Length: ${size}`], body)(token, never);
  };
}

/** A body in chunks of these sizes. */
function chunked(
  line: string,
  sizes: readonly number[],
  extension = '',
  trailers: readonly string[] = [],
): ValidRequest {
  return (token) => {
    const chunks = sizes.map(
      (size) => `${size.toString(16)}${extension}\r\n${token.padEnd(size, '.').slice(0, size)}\r\n`,
    );
    const end = [`0${extension}`, ...trailers.map((trailer) => trailer.replace('@', token)), '', ''].join(
      '\r\n',
    );
    return request(line, ['Transfer-Encoding: chunked'], chunks.join('') + end)(token, never);
  };
}

const never: Random = undefined as never;

const methods = ['GET', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'PUT', 'POST', 'PROPFIND', 'SEARCH', 'HEAD'];

/** Two of three requests are of these. */
export const validRequests: readonly ValidRequest[] = [
  ...methods.map((method) => request(`${method} @ HTTP/1.1`)),
  request('GET @?a=1&b=%20 HTTP/1.1', ['X-Token: @']),
  request('GET @ HTTP/1.1', ['Connection: keep-alive']),
  request('GET @ HTTP/1.1', ['Connection: close']),
  request('GET @ HTTP/1.1', [
    'Accept: text/html',
    'Accept-Encoding: gzip',
    'User-Agent: @',
    'Cookie: a=@; b=2',
  ]),
  request('GET @ HTTP/1.1', ['X-Empty:', 'x-latin: caf\xe9', 'X-Tab: a\tb']),
  request(
    'GET @ HTTP/1.1',
    Array.from({ length: 60 }, (_, index) => `X-${index}: @`),
  ),
  request('GET @ HTTP/1.1', [`X-Large: ${'v'.repeat(8000)}`]),
  request(`GET @${'/a'.repeat(2000)} HTTP/1.1`),
  request('GET http://example.com@ HTTP/1.1'),
  request('GET http://example.com:8080@?x HTTP/1.1'),
  request('GET @ HTTP/1.1', ['Upgrade: websocket', 'Connection: Upgrade']),
  request('GET @ HTTP/1.1', [
    'Upgrade: h2c',
    'Connection: Upgrade, HTTP2-Settings',
    'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
  ]),
  request('GET @ HTTP/1.1', ['Range: bytes=0-1', 'If-None-Match: "@"', 'TE: trailers']),
  request('GET @ HTTP/1.1', ['Expect: 100-continue', 'Content-Length: 0']),
  sized('POST @ HTTP/1.1', [], 0),
  sized('POST @ HTTP/1.1', ['Content-Type: text/plain'], 5),
  sized('PUT @ HTTP/1.1', [], 1000),
  sized('POST @ HTTP/1.1', ['Expect: 100-continue'], 20),
  sized('PATCH @ HTTP/1.1', ['X-Token: @'], 70_000),
  sized('GET @ HTTP/1.1', [], 12),
  chunked('POST @ HTTP/1.1', [5]),
  chunked('POST @ HTTP/1.1', []),
  chunked('POST @ HTTP/1.1', [1, 10, 300]),
  chunked('POST @ HTTP/1.1', [10], ';a=1;b="x y";c'),
  chunked('POST @ HTTP/1.1', [20], '', ['X-Sum: @', 'X-More: 2']),
  chunked('PUT @ HTTP/1.1', [70_000]),
  // The component answers these without reading the body.
  (token) => sized(`POST /early?${token} HTTP/1.1`, [], 100)(token, never),
  (token) => sized(`POST /early?${token} HTTP/1.1`, [], 100_000)(token, never),
  (token) => chunked(`POST /early?${token} HTTP/1.1`, [50, 50])(token, never),
];

/** The last request of a connection may be one of these, behind which nothing is answered. */
export const lastRequests: readonly ValidRequest[] = [
  (token) => `GET /${token} HTTP/1.0\r\n\r\n`,
  (token) => `GET /${token} HTTP/1.0\r\n${host}\r\n\r\n`,
  (token) => `POST /${token} HTTP/1.0\r\nContent-Length: ${token.length}\r\n\r\n${token}`,
  request('OPTIONS * HTTP/1.1', ['X-Token: @', 'Connection: close']),
];
