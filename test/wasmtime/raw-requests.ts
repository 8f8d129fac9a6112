import { type Case, get, host, parts, post, raw } from './case.ts';

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'PROPFIND',
  'QUERY',
  'get',
  'FOO',
];

const heads: readonly Case[] = [
  ...methods.map((method) => raw(`method ${method}`, `${method} /headers HTTP/1.1`, host, '', '')),
  raw('CONNECT', 'CONNECT localhost:80 HTTP/1.1', 'Host: localhost:80', '', ''),
  raw('HTTP/1.0 without Host', 'GET /headers HTTP/1.0', '', ''),
  raw('HTTP/1.0 with keep-alive', 'GET /headers HTTP/1.0', host, 'Connection: keep-alive', '', ''),
  raw('HTTP/1.0 and a streamed answer', 'GET /drip?count=2&ms=1 HTTP/1.0', '', ''),
  raw('HTTP/0.9', 'GET /headers', '', ''),
  raw('HTTP/1.2', 'GET /headers HTTP/1.2', host, '', ''),
  raw('HTTP/2.0 in a request line', 'GET /headers HTTP/2.0', host, '', ''),
  raw('HTTP/2 preface', 'PRI * HTTP/2.0', '', 'SM', '', ''),
  raw('no Host', 'GET /headers HTTP/1.1', '', ''),
  raw('empty Host', 'GET /headers HTTP/1.1', 'Host:', '', ''),
  raw('two Host lines', 'GET /headers HTTP/1.1', 'Host: a', 'Host: b', '', ''),
  raw('two equal Host lines', 'GET /headers HTTP/1.1', 'Host: a', 'Host: a', '', ''),
  raw('Host with a space and a path', 'GET /headers HTTP/1.1', 'Host: a b/c', '', ''),
  raw('Host with user information', 'GET /headers HTTP/1.1', 'Host: user@a', '', ''),
  raw('Host with a port that is none', 'GET /headers HTTP/1.1', 'Host: a:b', '', ''),
  raw('absolute form', 'GET http://example.com:81/headers?x=1 HTTP/1.1', host, '', ''),
  raw('absolute form of https', 'GET https://example.com/headers HTTP/1.1', host, '', ''),
  raw('asterisk form', 'OPTIONS * HTTP/1.1', host, '', ''),
  raw('asterisk with GET', 'GET * HTTP/1.1', host, '', ''),
  raw('raw UTF-8 in the query', get('/headers?key=\xd0\xba\xd0\xbb')),
  raw('raw UTF-8 in the path', get('/headers\xc3\xa9')),
  raw('bytes that are no UTF-8 in the path', get('/headers?\xff\xfe')),
  raw('percent-encoded NUL', get('/headers?%00')),
  raw('broken percent encoding', get('/headers?%zz%')),
  raw('a fragment', get('/headers#top')),
  raw('an empty query', get('/headers?')),
  raw('two slashes', get('//headers')),
  raw('dots in the path', get('/../headers')),
  raw('backslash in the path', get('/headers\\x')),
  raw('brackets in the query', get('/headers?a[]={"x":"y"}|^`')),
  raw('a control character in the path', get('/headers?a\x01b')),
  raw('a space in the target', get('/headers a')),
  raw('a path that begins without a slash', get('headers')),
  raw('a target of 10,000 bytes', get(`/headers?${'a'.repeat(10_000)}`)),
  raw('a target of 70,000 bytes', get(`/headers?${'a'.repeat(70_000)}`)),
  raw('cookies of 16,500 bytes', get('/status/201', `Cookie: ${'c'.repeat(16_500)}`)),
  raw('cookies of 60,000 bytes', get('/status/201', `Cookie: ${'c'.repeat(60_000)}`)),
  raw('a head of 1 MiB', get('/status/201', `Cookie: ${'c'.repeat(1024 * 1024)}`)),
  raw('90 header lines', get('/status/201', ...lines(90))),
  raw('150 header lines', get('/status/201', ...lines(150))),
  raw('2,500 header lines', get('/status/201', ...lines(2500))),
];

const fields: readonly Case[] = [
  raw('a header folded over two lines', get('/headers', 'X-Folded: a', ' b')),
  raw('a space before the colon', get('/headers', 'X-Space : a')),
  raw('a header without colon', get('/headers', 'nonsense')),
  raw('a header without name', get('/headers', ': a')),
  raw('a header without value', get('/headers', 'X-Empty:')),
  raw('bytes above ASCII in a value', get('/headers', 'X-Latin: caf\xe9')),
  raw('NUL in a value', get('/headers', 'X-Nul: a\0b')),
  raw('a carriage return in a value', get('/headers', 'X-Cr: a\rb')),
  raw('a tab in a value', get('/headers', 'X-Tab: a\tb')),
  raw('DEL in a value', get('/headers', 'X-Del: a\x7fb')),
  raw('a name with a brace', get('/headers', 'X{: a')),
  raw('the same header twice', get('/headers', 'X-Two: a', 'x-two: b')),
  raw('cookies on two lines', get('/headers', 'Cookie: a=1', 'Cookie: b=2')),
  raw('spaces around a value', get('/headers', 'X-Padded: \t a \t ')),
  raw(
    'fields of the connection',
    get(
      '/headers',
      'Connection: x-hop, keep-alive',
      'X-Hop: 1',
      'Keep-Alive: 5',
      'TE: trailers',
      'Proxy-Authorization: x',
    ),
  ),
  raw('lines that end with LF alone', 'GET /headers HTTP/1.1\nHost: localhost\n\n'),
  raw('one line that ends with LF alone', `GET /headers HTTP/1.1\r\nHost: localhost\nX-A: 1\r\n\r\n`),
  raw('an empty line before the request', `\r\n${get('/status/201')}`),
  raw('five empty lines before the request', `${'\r\n'.repeat(5)}${get('/status/201')}`),
  raw('two spaces in the request line', 'GET  /headers  HTTP/1.1', host, '', ''),
  raw('a tab in the request line', 'GET\t/headers\tHTTP/1.1', host, '', ''),
  raw('a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
  raw(
    'Upgrade to a WebSocket',
    get(
      '/headers',
      'Connection: upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ),
  ),
  raw(
    'Upgrade to h2c',
    get(
      '/headers',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
    ),
  ),
];

const chunkedField = 'Transfer-Encoding: chunked';

const bodies: readonly Case[] = [
  raw('a body with its length', post('/echo', ['Content-Length: 5'], 'hello')),
  raw('a body of chunks', post('/echo', [chunkedField], '5\r\nhello\r\n0\r\n\r\n')),
  raw('chunks with extensions', post('/echo', [chunkedField], '5;a=1;b="x"\r\nhello\r\n0;c\r\n\r\n')),
  raw(
    'chunks with trailers',
    post('/request-trailers', [chunkedField, 'Trailer: x-sum'], '1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n'),
  ),
  raw(
    'trailers that are framing fields',
    post('/request-trailers', [chunkedField], '1\r\na\r\n0\r\nContent-Length: 1\r\nX-Sum: 1\r\n\r\n'),
  ),
  raw('a chunk size in capitals', post('/echo', [chunkedField], 'A\r\n0123456789\r\n0\r\n\r\n')),
  raw('a chunk size with leading zeros', post('/echo', [chunkedField], '0000005\r\nhello\r\n0\r\n\r\n')),
  raw('a chunk size that is none', post('/echo', [chunkedField], 'xyz\r\nhello\r\n0\r\n\r\n')),
  raw('a chunk size that is negative', post('/echo', [chunkedField], '-5\r\nhello\r\n0\r\n\r\n')),
  raw('a chunk size of 17 digits', post('/echo', [chunkedField], '10000000000000000\r\nhello\r\n0\r\n\r\n')),
  raw('a chunk longer than its size', post('/echo', [chunkedField], '3\r\nhello\r\n0\r\n\r\n')),
  raw('chunk lines that end with LF alone', post('/echo', [chunkedField], '5\nhello\n0\n\n')),
  raw(
    'content-length beside chunks',
    post('/echo', ['Content-Length: 5', chunkedField], '5\r\nhello\r\n0\r\n\r\n'),
  ),
  raw('two content-lengths that differ', post('/echo', ['Content-Length: 5', 'Content-Length: 6'], 'hello!')),
  raw('two content-lengths that agree', post('/echo', ['Content-Length: 5', 'Content-Length: 5'], 'hello')),
  raw('content-length 5, 5', post('/echo', ['Content-Length: 5, 5'], 'hello')),
  raw('content-length +5', post('/echo', ['Content-Length: +5'], 'hello')),
  raw('content-length -1', post('/echo', ['Content-Length: -1'], 'hello')),
  raw('content-length abc', post('/echo', ['Content-Length: abc'], 'hello')),
  raw('content-length of 20 digits', post('/early', ['Content-Length: 99999999999999999999'], 'hello')),
  raw('transfer-encoding gzip', post('/echo', ['Transfer-Encoding: gzip'], 'hello')),
  raw(
    'transfer-encoding gzip, chunked',
    post('/echo', ['Transfer-Encoding: gzip, chunked'], '5\r\nhello\r\n0\r\n\r\n'),
  ),
  raw(
    'transfer-encoding chunked twice',
    post('/echo', [chunkedField, chunkedField], '5\r\nhello\r\n0\r\n\r\n'),
  ),
  raw(
    'transfer-encoding with HTTP/1.0',
    'POST /echo HTTP/1.0',
    host,
    chunkedField,
    '',
    '5\r\nhello\r\n0\r\n\r\n',
  ),
  raw(
    'transfer-encoding xchunked',
    post('/echo', ['Transfer-Encoding: xchunked'], '5\r\nhello\r\n0\r\n\r\n'),
  ),
  raw('GET with a body', 'GET /echo HTTP/1.1', host, 'Content-Length: 5', '', 'hello'),
  raw('POST without a length', 'POST /echo HTTP/1.1', host, '', ''),
  raw('a body that nobody reads', post('/early', ['Content-Length: 5'], 'hello') + get('/status/201')),
  parts('a body of 1,000 bytes that does not come', post('/early', ['Content-Length: 1000'], '')),
  parts('a body of 300,000 bytes that does not come', post('/early', ['Content-Length: 300000'], '')),
  parts('a body that comes later', post('/echo', ['Content-Length: 10'], 'hello'), 'world'),
  {
    ...parts('half a body, and the client is done', post('/echo', ['Content-Length: 10'], 'hello')),
    halfClose: true,
  },
  {
    ...parts(
      'half a body of chunks, and the client is done',
      post('/echo', [chunkedField], '5\r\nhello\r\n'),
    ),
    halfClose: true,
  },
  { ...parts('half a head, and the client is done', 'GET /headers HTTP/1.1\r\nHost: loc'), halfClose: true },
  {
    ...parts(
      'expect 100-continue, read',
      post('/echo', ['Content-Length: 5', 'Expect: 100-continue'], ''),
      'hello',
    ),
    pause: 500,
  },
  parts('expect 100-continue, not read', post('/early', ['Content-Length: 5', 'Expect: 100-continue'], '')),
  parts(
    'expect 100-continue of a large body, not read',
    post('/early', ['Content-Length: 300000', 'Expect: 100-continue'], ''),
  ),
  raw('expect 100-continue without a body', get('/status/201', 'Expect: 100-continue')),
  raw('expect something else', get('/status/201', 'Expect: 200-ok')),
  raw('three requests at once', get('/status/201') + get('/status/202') + get('/status/203')),
  raw('a request, then nonsense', `${get('/status/201')}nonsense\r\n\r\n`),
  raw('close, and another request', get('/status/201', 'Connection: close') + get('/status/202')),
  parts('a head byte by byte', ...get('/status/201')),
  raw('HEAD and another request', `HEAD /status/201 HTTP/1.1\r\n${host}\r\n\r\n${get('/status/202')}`),
];

const upgrade = ['Connection: Upgrade', 'Upgrade: h2c'];
const inARow: readonly Case[] = [
  raw('Upgrade and another request', get('/status/201', ...upgrade) + get('/status/202')),
  raw('Upgrade with a body', post('/echo', [...upgrade, 'Content-Length: 5'], 'hello')),
  raw('Upgrade with transfer-encoding gzip', get('/headers', ...upgrade, 'Transfer-Encoding: gzip')),
  raw('a request, then an unknown method', `${get('/status/201')}G /headers HTTP/1.1\r\n${host}\r\n\r\n`),
  raw('a request, then CONNECT', `${get('/status/201')}CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n`),
  raw(
    'HEAD, then a request without Host',
    `HEAD /status/201 HTTP/1.1\r\n${host}\r\n\r\nGET /status/202 HTTP/1.1\r\n\r\n`,
  ),
];

/** What clients say, right and wrong. */
export const rawRequests: readonly Case[] = [...heads, ...fields, ...bodies, ...inARow];

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `X-${index}: v`);
}
