/** One answer as it came, read as RFC 9112 wants it. All text is Latin-1: a character for each byte. */
export interface RawAnswer {
  readonly version: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** How the body's end is told. */
  readonly framing: 'none' | 'length' | 'chunked' | 'close';
}

/** What a connection has brought. */
export interface RawAnswers {
  /** Those that are complete, interim ones (1xx) left out. */
  readonly answers: readonly RawAnswer[];
  /** Statuses of interim answers. */
  readonly interim: readonly number[];
  /** The answer that has begun and is not complete. */
  readonly partial: RawAnswer | undefined;
  /** Bytes behind them that were not read, or do not yet make a head. */
  readonly rest: string;
  /** Why this is no HTTP, if it is none. */
  readonly fault: string | undefined;
}

const statusLine = /^HTTP\/(1\.[01]) ([1-9]\d\d) [\t\x20-\x7e\x80-\xff]*$/;
const fieldLine =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/;

type Field = readonly [name: string, value: string];

/** Thrown where the bytes are no HTTP. */
class NoHttp extends Error {}

/**
 * Reads the answers of a connection strictly.
 *
 * @param methods those of the requests, in order: the answer to HEAD has no body
 * @param isClosed whether the server has ended the connection, so that a body may end with it
 * @param most how many are read; what comes behind them is the rest
 */
export function readAnswers(
  bytes: string,
  methods: readonly string[],
  isClosed: boolean,
  most = Number.POSITIVE_INFINITY,
): RawAnswers {
  const answers: RawAnswer[] = [];
  const interim: number[] = [];
  let partial: RawAnswer | undefined;
  let at = 0;
  try {
    while (at < bytes.length && partial === undefined && answers.length < most) {
      const headEnd = bytes.indexOf('\r\n\r\n', at);
      if (headEnd < 0) {
        if (!'HTTP/1.'.startsWith(bytes.slice(at, at + 7))) throw new NoHttp('no status line');
        break;
      }
      const { version, status, headers } = head(bytes.slice(at, headEnd));
      at = headEnd + 4;
      if (status < 200) {
        if (status !== 100) throw new NoHttp(`an interim answer of ${status} that nobody asked for`);
        interim.push(status);
        continue;
      }
      const framing = framingOf(status, headers, methods[answers.length]);
      const { body, trailers, next } = content(bytes, at, framing, headers, isClosed);
      const answer = { version, status, headers, body, trailers, framing };
      if (next === undefined) partial = answer;
      else {
        answers.push(answer);
        at = next;
      }
    }
  } catch (error) {
    if (!(error instanceof NoHttp)) throw error;
    return { answers, interim, partial, rest: bytes.slice(at), fault: error.message };
  }
  return { answers, interim, partial, rest: partial === undefined ? bytes.slice(at) : '', fault: undefined };
}

function head(text: string): { version: string; status: number; headers: Field[] } {
  const [first = '', ...lines] = text.split('\r\n');
  const match = statusLine.exec(first);
  if (match === null) throw new NoHttp(`status line ${JSON.stringify(first)}`);
  return { version: match[1] ?? '', status: Number(match[2]), headers: lines.map(field) };
}

function field(line: string): Field {
  const match = fieldLine.exec(line);
  if (match === null) throw new NoHttp(`field line ${JSON.stringify(line)}`);
  return [(match[1] ?? '').toLowerCase(), match[2] ?? ''];
}

function framingOf(status: number, headers: readonly Field[], method = 'GET'): RawAnswer['framing'] {
  const codings = valuesOf(headers, 'transfer-encoding');
  const lengths = valuesOf(headers, 'content-length');
  if (codings.length > 0 && lengths.length > 0) throw new NoHttp('content-length beside transfer-encoding');
  if (lengths.length > 1 || lengths.some((length) => !/^\d+$/.test(length)))
    throw new NoHttp(`content-length ${JSON.stringify(lengths)}`);
  if (codings.length > 0 && codings.join().toLowerCase() !== 'chunked')
    throw new NoHttp(`transfer-encoding ${JSON.stringify(codings)}`);
  if (method === 'HEAD' || status === 204 || status === 304) return 'none';
  if (codings.length > 0) return 'chunked';
  return lengths.length > 0 ? 'length' : 'close';
}

/** `next` is where the following answer begins; undefined while the body is not complete. */
function content(
  bytes: string,
  at: number,
  framing: RawAnswer['framing'],
  headers: readonly Field[],
  isClosed: boolean,
): { body: string; trailers: Field[]; next: number | undefined } {
  if (framing === 'none') {
    // A server that gives a connection up may not know any more what it was asked.
    const isGivenUp = valuesOf(headers, 'connection').includes('close') && isClosed;
    return isGivenUp && at < bytes.length
      ? { body: bytes.slice(at), trailers: [], next: bytes.length }
      : { body: '', trailers: [], next: at };
  }
  if (framing === 'chunked') return chunks(bytes, at);
  if (framing === 'close')
    return { body: bytes.slice(at), trailers: [], next: isClosed ? bytes.length : undefined };
  const end = at + Number(valuesOf(headers, 'content-length')[0]);
  return { body: bytes.slice(at, end), trailers: [], next: end <= bytes.length ? end : undefined };
}

function chunks(bytes: string, start: number): { body: string; trailers: Field[]; next: number | undefined } {
  let at = start;
  let body = '';
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return { body, trailers: [], next: undefined };
    const line = bytes.slice(at, lineEnd);
    if (!/^[0-9a-fA-F]+$/.test(line)) throw new NoHttp(`chunk size ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    at = lineEnd + 2;
    if (size === 0) break;
    body += bytes.slice(at, at + size);
    at += size;
    if (at + 2 > bytes.length) return { body, trailers: [], next: undefined };
    if (bytes.slice(at, at + 2) !== '\r\n') throw new NoHttp('no line end behind a chunk');
    at += 2;
  }
  if (bytes.startsWith('\r\n', at)) return { body, trailers: [], next: at + 2 };
  const end = bytes.indexOf('\r\n\r\n', at);
  if (end < 0) return { body, trailers: [], next: undefined };
  return { body, trailers: bytes.slice(at, end).split('\r\n').map(field), next: end + 4 };
}

/** The values of a header, in order. @param name in lower case */
export function valuesOf(headers: readonly Field[], name: string): string[] {
  return headers.filter(([other]) => other === name).map(([, value]) => value);
}
