import { METHODS } from 'node:http';

/** A request as a server has to understand it. All text is Latin-1: a character for each byte. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  /** Nothing behind it is answered. */
  readonly isLast: boolean;
  /** Right, but a server may refuse it all the same. */
  readonly isRefusable: boolean;
}

/** What the bytes of a client mean by RFC 9110 and 9112, read strictly. */
export interface ReadRequests {
  readonly requests: readonly ReadRequest[];
  /** What comes behind them: nothing, the beginning of a request, or something that is none. */
  readonly end: 'nothing' | 'beginning' | 'nonsense' | 'ignored';
  /** The rule that the nonsense breaks. */
  readonly rule: string;
  /** Whether the nonsense is in the body of a request whose head is right, so that it may be answered. */
  readonly isInBody: boolean;
  /** The methods of what a server might take for requests, in order. */
  readonly methods: readonly string[];
}

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const requestLine = new RegExp(`^(${token}) ([^\\x00-\\x20\\x7f]+) HTTP/1\\.([01])$`);
const fieldLine = new RegExp(`^(${token}):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*)$`);
const quoted = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*"';
const chunkLine = /^([0-9a-fA-F]+)([ \t]*;.*)?$/;
const extensions = new RegExp(`^(?:[ \\t]*;[ \\t]*${token}(?:[ \\t]*=[ \\t]*(?:${token}|${quoted}))?)*$`);
const hostValue = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/;
/** A head beyond this may be refused for its size, in bytes. */
const anyHead = 15_000;
const anyLines = 95;

/** Thrown where a rule is broken. */
class Nonsense extends Error {
  readonly isInBody: boolean;

  constructor(rule: string, isInBody: boolean) {
    super(rule);
    this.isInBody = isInBody;
  }
}
/** Thrown where more has to come. */
class Unfinished extends Error {}

export function readRequests(bytes: string): ReadRequests {
  const requests: ReadRequest[] = [];
  const methods: string[] = [];
  const reader = new Reader(bytes);
  try {
    for (;;) {
      reader.skipEmptyLines();
      if (reader.isAtEnd) return { requests, end: 'nothing', rule: '', isInBody: false, methods };
      const request = readRequest(reader, methods);
      requests.push(request);
      if (request.isLast && !reader.isAtEnd)
        return { requests, end: 'ignored', rule: '', isInBody: false, methods };
    }
  } catch (error) {
    if (error instanceof Unfinished)
      return { requests, end: 'beginning', rule: '', isInBody: false, methods };
    if (!(error instanceof Nonsense)) throw error;
    const { isInBody } = error;
    return { requests, end: 'nonsense', rule: error.message, isInBody, methods };
  }
}

function readRequest(reader: Reader, methods: string[]): ReadRequest {
  const start = reader.at;
  reader.isRefusable = false;
  const line = reader.line();
  // What a lenient server might take for the method.
  methods.push(/^\s*([A-Za-z]+)\s/.exec(line)?.[1] ?? 'GET');
  const [, method = '', target = '', minor = ''] = requestLine.exec(line) ?? broken('request line');
  const fields = readFields(reader);
  const length = reader.at - start;
  const values = (name: string): string[] =>
    fields.filter(([other]) => other === name).map(([, value]) => value);
  const hosts = values('host');
  if (hosts.length > 1 || (hosts.length === 0 && minor === '1')) broken('host count');
  if (hosts.some((value) => !hostValue.test(value))) broken('host value');
  const isAbsolute = /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?=[/?]|$)/i.test(target);
  const isWhole = target === '*' && method === 'OPTIONS';
  if (method !== 'CONNECT' && !target.startsWith('/') && !isAbsolute && !isWhole) broken('target');
  const body = readBody(reader, values, minor);
  const connection = values('connection')
    .join()
    .toLowerCase()
    .split(/[ \t]*,[ \t]*/);
  const isLast =
    reader.isLast || connection.includes('close') || (minor === '0' && !connection.includes('keep-alive'));
  const expectations = values('expect');
  const isRefusable =
    reader.isRefusable ||
    !METHODS.includes(method) ||
    method === 'CONNECT' ||
    !isPlain(target) ||
    /[,\t ]/.test(values('transfer-encoding').join()) ||
    length > anyHead ||
    fields.length > anyLines ||
    expectations.some((value) => value.toLowerCase() !== '100-continue');
  return { method, target, body, isLast: isLast || method === 'CONNECT', isRefusable };
}

/** Whether everybody reads it alike. */
function isPlain(target: string): boolean {
  return /^[\x21-\x7e]+$/.test(target) && !/[#"<>\\^`{|}[\]]|%(?![0-9a-fA-F]{2})/.test(target);
}

function readFields(reader: Reader): (readonly [name: string, value: string])[] {
  const fields: (readonly [string, string])[] = [];
  for (;;) {
    const line = reader.line();
    if (line === '') return fields;
    if (/^[ \t]/.test(line)) broken('folded line');
    const [, name = '', value = ''] = fieldLine.exec(line) ?? broken(ruleOfField(line));
    const lowerName = name.toLowerCase();
    // Node's parser takes no space behind a transfer coding; whoever reads this one has to see it.
    const seen = lowerName === 'transfer-encoding' ? value : value.replace(/[ \t]+$/, '');
    fields.push([lowerName, seen]);
  }
}

function ruleOfField(line: string): string {
  if (/^[^:]*[ \t]+:/.test(line)) return 'space before a colon';
  return new RegExp(`^${token}:`).test(line) ? 'field value' : 'field name';
}

function readBody(reader: Reader, values: (name: string) => string[], minor: string): string {
  const lengths = values('content-length');
  const codings = values('transfer-encoding');
  if (codings.length > 0) {
    if (lengths.length > 0) broken('length beside chunks');
    if (minor === '0') broken('chunks in HTTP/1.0');
    const names = codings
      .join()
      .replace(/[ \t]+$/, '')
      .toLowerCase()
      .split(/[ \t]*,[ \t]*/);
    if (names.indexOf('chunked') !== names.length - 1) broken('transfer coding');
    try {
      return readChunks(reader);
    } catch (error) {
      throw error instanceof Nonsense ? new Nonsense(error.message, true) : error;
    }
  }
  if (lengths.length > 1) broken('two lengths');
  const [length = '0'] = lengths;
  if (!/^\d+$/.test(length) || BigInt(length) >= 2n ** 64n) broken('length');
  return reader.take(Number(length));
}

function readChunks(reader: Reader): string {
  let body = '';
  for (;;) {
    const [, digits = '', extension = ''] = chunkLine.exec(reader.line()) ?? broken('chunk size');
    if (!extensions.test(extension)) broken('chunk extension');
    // Node's parser takes no space there.
    if (/[ \t]/.test(extension)) reader.isRefusable = true;
    const size = Number.parseInt(digits, 16);
    if (size > Number.MAX_SAFE_INTEGER) broken('chunk size');
    if (size === 0) break;
    body += reader.take(size);
    if (reader.line() !== '') broken('end of a chunk');
  }
  const trailers = readFields(reader);
  if (trailers.some(([name]) => ['content-length', 'transfer-encoding', 'host'].includes(name)))
    broken('trailer');
  // Node's parser takes it for one of the head.
  if (trailers.some(([name, value]) => name === 'connection' && /close/i.test(value))) reader.isLast = true;
  return body;
}

function broken(rule: string): never {
  throw new Nonsense(rule, false);
}

class Reader {
  readonly #bytes: string;
  at = 0;
  /** What was read may be refused, though it is right. */
  isRefusable = false;
  /** Nothing that follows need be served. */
  isLast = false;

  constructor(bytes: string) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  skipEmptyLines(): void {
    while (this.#bytes.startsWith('\r\n', this.at)) this.at += 2;
  }

  /** The line that begins here. */
  line(): string {
    const end = this.#bytes.indexOf('\r\n', this.at);
    const line = this.#bytes.slice(this.at, end < 0 ? undefined : end);
    if (/\n|\r(?!$)/.test(line) || (end >= 0 && line.endsWith('\r'))) broken('line end');
    if (end < 0) throw new Unfinished();
    this.at = end + 2;
    return line;
  }

  take(length: number): string {
    const part = this.#bytes.slice(this.at, this.at + length);
    this.at += part.length;
    if (part.length < length) throw new Unfinished();
    return part;
  }
}
